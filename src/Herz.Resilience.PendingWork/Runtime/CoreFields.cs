using System.Reflection;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>The offsets of the private framework fields that a walk reads, from the start of the object.</summary>
internal sealed class CoreFields
{
    private const string Threading = "System.Threading.";

    /// <exception cref="UnsupportedRuntimeException">A field is missing.</exception>
    public CoreFields()
    {
        FieldLayout.Verify();
        VerifyTaskFlags();
        TaskFlags = FieldLayout.Required(typeof(Task), "m_stateFlags");
        TaskAction = FieldLayout.Required(typeof(Task), "m_action");
        TaskStateObject = FieldLayout.Required(typeof(Task), "m_stateObject");
        TaskContinuation = FieldLayout.Required(typeof(Task), "m_continuationObject");
        TaskProperties = FieldLayout.Find(typeof(Task), "m_contingentProperties") is { } properties ? FieldLayout.InObject(properties) : -1;
        PropertiesContext = FieldLayout.Find(typeof(Task).GetNestedType("ContingentProperties", BindingFlags.NonPublic), "m_capturedContext") is { } captured
            ? FieldLayout.InObject(captured)
            : -1;
        DelegateTarget = FieldLayout.Required(typeof(Delegate), "_target");
        ListItems = FieldLayout.Required(typeof(List<object>), "_items");
        LocalValues = FieldLayout.Required(typeof(ExecutionContext), "m_localValues");

        TimerType = Core(Threading + "TimerQueueTimer");
        TimerDue = FieldLayout.Required(TimerType, "_dueTime");
        TimerPeriod = FieldLayout.Required(TimerType, "_period");
        TimerCallback = FieldLayout.Required(TimerType, "_timerCallback");
        TimerState = FieldLayout.Required(TimerType, "_state");
        TimerContext = FieldLayout.Required(TimerType, "_executionContext");

        RegistrationType = Core(Threading + "CancellationTokenSource+CallbackNode");
        RegistrationId = FieldLayout.Required(RegistrationType, "Id");
        RegistrationCallback = FieldLayout.Required(RegistrationType, "Callback");
        RegistrationState = FieldLayout.Required(RegistrationType, "CallbackState");
        RegistrationContext = FieldLayout.Required(RegistrationType, "ExecutionContext");
    }

    public int TaskFlags { get; }

    public int TaskAction { get; }

    public int TaskStateObject { get; }

    public int TaskContinuation { get; }

    /// <summary>The optional properties of a task; -1 if the framework has none.</summary>
    public int TaskProperties { get; }

    /// <summary>The execution context in the optional properties; -1 if the framework has none.</summary>
    public int PropertiesContext { get; }

    public int DelegateTarget { get; }

    public int ListItems { get; }

    /// <summary>The offset of the first element in an array of references, after the length.</summary>
    public static int ArrayData => 2 * sizeof(ulong);

    public int LocalValues { get; }

    public Type TimerType { get; }

    public int TimerDue { get; }

    public int TimerPeriod { get; }

    public int TimerCallback { get; }

    public int TimerState { get; }

    public int TimerContext { get; }

    public Type RegistrationType { get; }

    public int RegistrationId { get; }

    public int RegistrationCallback { get; }

    public int RegistrationState { get; }

    public int RegistrationContext { get; }

    private static Type Core(string name) =>
        typeof(object).Assembly.GetType(name) ?? throw new UnsupportedRuntimeException($"{name} is missing: this framework version is not supported");

    private static void VerifyTaskFlags()
    {
        var flags = typeof(Task).GetField("m_stateFlags", BindingFlags.Instance | BindingFlags.NonPublic)
            ?? throw new UnsupportedRuntimeException("Task.m_stateFlags is missing: this framework version is not supported");
        var failed = Task.FromException(new InvalidOperationException());
        _ = failed.Exception;
        var known = Has(Task.CompletedTask) && Has(Task.FromCanceled(new CancellationToken(true))) && Has(failed) && !Has(new TaskCompletionSource().Task);
        if (!known)
        {
            throw new UnsupportedRuntimeException("the state flags of Task have other values: this framework version is not supported");
        }

        bool Has(Task task) => ((int)flags.GetValue(task)! & RuntimeFacts.TaskEnded) != 0;
    }
}
