namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>What a snapshot tells of a type. A nested type's own name comes without what it is nested in.</summary>
internal sealed record SnapshotType(ulong Module, int Token, int Flags, string Name, ulong[] Parameters)
{
    private const int ArrayFlag = 8;
    private const int RankShift = 8;
    private const int RankMask = 0x3F;

    public bool IsArray => (Flags & ArrayFlag) != 0;

    /// <summary>The dimensions of an array that has several; 0 for a plain one.</summary>
    public int Rank => (Flags >> RankShift) & RankMask;
}
