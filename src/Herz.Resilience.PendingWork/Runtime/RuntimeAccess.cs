using Herz.Resilience.PendingWork.Dac;
using Herz.Resilience.PendingWork.RuntimeAsync;
using Herz.Resilience.PendingWork.Threads;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>The data about this runtime that reading its heap requires. Loaded once.</summary>
internal sealed class RuntimeAccess
{
    private BlockedThreads? _threads;

    /// <exception cref="UnsupportedRuntimeException">This runtime is not supported; the message names the missing feature.</exception>
    public RuntimeAccess()
    {
        if (RuntimeFacts.UnsupportedReason() is { } reason)
        {
            throw new UnsupportedRuntimeException(reason);
        }

        var files = RuntimeFiles.Find();
        var contract = ContractDescriptor.OfRuntime(files.Runtime);
        Tables = new MethodTables(contract);
        Core = new CoreFields();
        Library = new DacLibrary(files);
        var continuations = ContinuationFields.Find();
        Resumes = continuations is null ? null : new ResumeTable(Tables, Library, continuations, contract);
        Types = new TypeTable(Tables, new TypeReader(Core, continuations), continuations);
    }

    public MethodTables Tables { get; }

    public CoreFields Core { get; }

    public DacLibrary Library { get; }

    /// <summary>The reader of stacks, created at first use: without it the heap can still be read.</summary>
    /// <exception cref="UnsupportedRuntimeException">This framework cannot resolve addresses to methods.</exception>
    public BlockedThreads Threads => _threads ??= new BlockedThreads(new MethodsByAddress());

    public TypeTable Types { get; }

    /// <summary>The methods that continuations resume; null if this framework has no runtime-async.</summary>
    public ResumeTable? Resumes { get; }
}
