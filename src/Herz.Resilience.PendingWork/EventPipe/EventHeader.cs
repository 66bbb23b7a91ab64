namespace Herz.Resilience.PendingWork.EventPipe;

/// <summary>The header of one event. It omits values that equal those of the previous event.</summary>
internal struct EventHeader
{
    private const int HasMetadata = 1;
    private const int HasSequence = 2;
    private const int HasThread = 4;
    private const int HasStack = 8;
    private const int HasActivity = 16;
    private const int HasRelatedActivity = 32;
    private const int HasSize = 128;
    private const int IdentitySize = 16;

    public int Metadata;
    public uint Sequence;
    public ulong CaptureThread;
    public int PayloadSize;

    public void Read(ref ByteReader reader)
    {
        var flags = reader.Byte();
        if ((flags & HasMetadata) != 0)
        {
            Metadata = (int)(uint)reader.Variable();
        }

        if ((flags & HasSequence) != 0)
        {
            Sequence += (uint)reader.Variable();
            CaptureThread = reader.Variable();
            _ = reader.Variable();
        }

        // Events that define other events have no sequence number.
        Sequence += Metadata != 0 ? 1u : 0;
        Skip(ref reader, flags, HasThread);
        Skip(ref reader, flags, HasStack);
        _ = reader.Variable();
        _ = reader.Take((flags & HasActivity) != 0 ? IdentitySize : 0);
        _ = reader.Take((flags & HasRelatedActivity) != 0 ? IdentitySize : 0);
        if ((flags & HasSize) != 0)
        {
            PayloadSize = (int)Math.Min(int.MaxValue, reader.Variable());
        }
    }

    private static void Skip(ref ByteReader reader, int flags, int field)
    {
        if ((flags & field) != 0)
        {
            _ = reader.Variable();
        }
    }
}
