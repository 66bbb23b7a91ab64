using Herz.Resilience.PendingWork.Dac;
using Herz.Resilience.PendingWork.Threads;
using Herz.Resilience.PendingWork.Walking;

namespace Herz.Resilience.PendingWork.Runtime;

/// <summary>Everything that has to be known of this runtime before its heap can be read; learned once.</summary>
internal sealed class RuntimeAccess
{
    private BlockedThreads? _threads;

    /// <exception cref="UnknownRuntimeException">Something is missing; the message says what.</exception>
    public RuntimeAccess()
    {
        if (RuntimeFacts.WhyUnknown() is { } reason)
        {
            throw new UnknownRuntimeException(reason);
        }

        var files = RuntimeFiles.Find();
        Tables = new MethodTables(ContractDescriptor.OfRuntime(files.Runtime));
        Core = new CoreFields();
        Library = new DacLibrary(files);
        Types = new TypeTable(Tables, new TypeReader(Core));
    }

    public MethodTables Tables { get; }

    public CoreFields Core { get; }

    public DacLibrary Library { get; }

    /// <summary>The reader of stacks; a framework that does not name methods by address is still read without them.</summary>
    /// <exception cref="UnknownRuntimeException">This framework does not.</exception>
    public BlockedThreads Threads => _threads ??= new BlockedThreads(new MethodsByAddress());

    public TypeTable Types { get; }
}
