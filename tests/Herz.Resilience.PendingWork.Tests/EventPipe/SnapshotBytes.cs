using static Herz.Resilience.PendingWork.Tests.EventPipe.TraceBytes;

namespace Herz.Resilience.PendingWork.Tests.EventPipe;

/// <summary>The payloads of the events of a heap snapshot.</summary>
internal static class SnapshotBytes
{
    public const int Start = 1;
    public const int End = 2;
    public const int Types = 15;
    public const int Nodes = 18;
    public const int Edges = 19;

    public static byte[] Node(int number, params (ulong Address, ulong Type, ulong References)[] nodes) =>
        [.. Little(number), .. Little(nodes.Length), 0, 0, .. nodes.SelectMany(static n => (byte[])[.. Little(n.Address), .. Little(32ul), .. Little(n.Type), .. Little(n.References)])];

    public static byte[] Edge(int number, params ulong[] targets) =>
        [.. Little(number), .. Little(targets.Length), 0, 0, .. targets.SelectMany(static t => (byte[])[.. Little(t), 0, 0, 0, 0])];

    public static byte[] Type(ulong id, string name, params ulong[] parameters) =>
        [1, 0, 0, 0, 0, 0, .. Little(id), .. Little(0x77ul), .. Little(0x0200_0002), .. Little(0), 0x12, .. Utf16(name), .. Little(parameters.Length), .. parameters.SelectMany(Little)];

    /// <summary>A complete trace of three objects. The first refers to the other two.</summary>
    public static byte[] Trace()
    {
        var trace = new TraceBytes().Metadata(1, RuntimeProvider, Start).Metadata(2, RuntimeProvider, End).Metadata(3, RuntimeProvider, Types).Metadata(4, RuntimeProvider, Nodes).Metadata(5, RuntimeProvider, Edges).Metadata(6, "other", 18);
        trace.Block("StackBlock", new byte[8]);
        trace.Events(9, (1, 1, []), (3, 2, Type(0x500, "Orders.Order", 0x501)), (4, 3, Node(0, (0x1000, 0x500, 2), (0x2000, 0x500, 0))));
        trace.Events(9, (6, 4, [1, 2, 3]), (5, 5, Edge(0, 0x2000, 0x3000)), (4, 6, Node(1, (0x3000, 0x501, 0))), (2, 7, []));
        return trace.SequencePoint((9, 7)).Ended();
    }
}
