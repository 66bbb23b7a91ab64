using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Herz.Resilience.Tool.Http1;

/// <summary>
/// Polls with epoll(7) on the engine thread. The runtime's asynchronous sockets pass every event to a pool thread, which costs
/// more than the request itself on one core. Waits use ppoll(2), because its timeout is in nanoseconds.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class EpollReadiness : IReadiness
{
    // A small batch, so a start never waits for many answers.
    private const int MaxEvents = 32;
    private const int CtlAdd = 1;
    private const int CtlDelete = 2;
    private const int CtlModify = 3;
    private const uint In = 0x1;
    private const uint Out = 0x4;
    private const uint ErrorOrHangUp = 0x8 | 0x10;
    private const int SetTimerSlack = 29;

    // A shorter wait costs more than another poll.
    private const long MinSleepNs = 5_000;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly int _epoll;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * EventSize, pinned: true);
    private readonly Ready[] _ready = new Ready[MaxEvents];

    /// <summary>Creates an empty set.</summary>
    /// <exception cref="InvalidOperationException">The process reached its limit of file descriptors.</exception>
    public EpollReadiness()
    {
        _epoll = epoll_create1(0x80000);
        if (_epoll < 0)
        {
            throw new InvalidOperationException("epoll_create1 failed: the process reached its limit of file descriptors; increase it with ulimit -n");
        }

        // By default, the kernel may extend a sleep by 50 µs.
        _ = prctl(SetTimerSlack, 1, 0, 0, 0);
    }

    /// <inheritdoc />
    public void Add(Socket socket, int slot, bool write) => Control(CtlAdd, socket, slot, write);

    /// <inheritdoc />
    public void Modify(Socket socket, int slot, bool write) => Control(CtlModify, socket, slot, write);

    /// <inheritdoc />
    public void Remove(Socket socket, int slot) => Control(CtlDelete, socket, slot, false);

    /// <inheritdoc />
    public ReadOnlySpan<Ready> Wait(long nanoseconds)
    {
        if (nanoseconds > MinSleepNs)
        {
            var poll = new PollFd { Descriptor = _epoll, Events = 1 };
            var time = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
            if (ppoll(&poll, 1, &time, 0) == 0)
            {
                return default;
            }
        }

        int count;
        fixed (byte* events = _events)
        {
            count = epoll_wait(_epoll, events, MaxEvents, 0);
        }

        for (var i = 0; i < count; i++)
        {
            var mask = MemoryMarshal.Read<uint>(_events.AsSpan(i * EventSize));
            var slot = MemoryMarshal.Read<int>(_events.AsSpan((i * EventSize) + DataOffset));
            var failed = (mask & ErrorOrHangUp) != 0;
            _ready[i] = new Ready(slot, failed || (mask & In) != 0, failed || (mask & Out) != 0);
        }

        return _ready.AsSpan(0, Math.Max(0, count));
    }

    /// <inheritdoc />
    public void Dispose() => _ = close(_epoll);

    private void Control(int operation, Socket socket, int slot, bool write)
    {
        var entry = stackalloc byte[16];
        *(uint*)entry = In | (write ? Out : 0);
        *(long*)(entry + DataOffset) = slot;
        _ = epoll_ctl(_epoll, operation, (int)socket.Handle, entry);
    }

    [LibraryImport("libc")]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc")]
    private static partial int epoll_ctl(int epoll, int operation, int descriptor, byte* entry);

    [LibraryImport("libc")]
    private static partial int epoll_wait(int epoll, byte* events, int maxEvents, int milliseconds);

    [LibraryImport("libc")]
    private static partial int ppoll(PollFd* descriptors, nuint count, TimeSpec* timeout, nint mask);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);

    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
