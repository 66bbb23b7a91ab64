using Herz.Resilience.PendingWork.Dac;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.RuntimeAsync;

/// <summary>The methods that continuations resume, kept for later captures: the code of a type that cannot be unloaded keeps its address.</summary>
internal sealed class ResumeTable(MethodTables tables, DacLibrary library, ContinuationFields fields, ContractDescriptor contract)
{
    public Dictionary<ulong, AsyncFrame> Known { get; } = [];

    public MethodTables Tables => tables;

    public DacLibrary Library => library;

    public ContinuationFields Fields => fields;

    public ResumeStub Stubs { get; } = new(contract);
}
