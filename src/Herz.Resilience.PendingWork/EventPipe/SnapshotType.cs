namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The description of a type in a snapshot. The name of a nested type does not include its declaring type.</summary>
internal sealed record SnapshotType(ulong Module, int Token, int Flags, string Name, ulong[] Parameters)
{
    private const int ArrayFlag = 8;
    private const int RankShift = 8;
    private const int RankMask = 0x3F;

    public bool IsArray => (Flags & ArrayFlag) != 0;

    /// <summary>The rank of a multidimensional array; 0 for other arrays.</summary>
    public int Rank => (Flags >> RankShift) & RankMask;
}
