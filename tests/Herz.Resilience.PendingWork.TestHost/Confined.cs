using System.Runtime.InteropServices;

namespace Herz.Resilience.PendingWork.TestHost;

/// <summary>Restarts this program in a restricted environment and reports the restrictions from inside.</summary>
internal static unsafe partial class Confined
{
    private const int Nobody = 65534;
    private const int NoNewPrivileges = 38;
    private const int SetSeccomp = 22;
    private const nuint FilterMode = 2;
    private const uint Allow = 0x7FFF_0000;
    private const uint RefuseNotPermitted = 0x0005_0000 | 1;
    private const int AddressSpace = 9;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    // ptrace, process_vm_readv, process_vm_writev.
    private static uint[] Forbidden => IsArm ? [117, 270, 271] : [101, 310, 311];

    /// <summary>Drops root and the forbidden system calls, then executes this program with other arguments. Returns only on failure.</summary>
    public static int Become(string dotnet, string[] arguments)
    {
        _ = Check(SetGroups(0, null)) | Check(SetGroup(Nobody)) | Check(SetUser(Nobody));
        Check(Control(NoNewPrivileges, 1, 0, 0, 0));
        Forbid();
        var vector = new List<string> { dotnet, typeof(Confined).Assembly.Location };
        vector.AddRange(arguments);
        var native = stackalloc byte*[vector.Count + 1];
        for (var i = 0; i < vector.Count; i++)
        {
            native[i] = (byte*)Marshal.StringToCoTaskMemUTF8(vector[i]);
        }

        native[vector.Count] = null;
        Execute(native[0], native);
        throw new InvalidOperationException($"exec failed with error {Marshal.GetLastPInvokeError()}");
    }

    public static bool MayReadOtherProcesses()
    {
        ulong word = 1;
        ulong copy = 0;
        var from = new Vector { Start = &word, Length = sizeof(ulong) };
        var into = new Vector { Start = &copy, Length = sizeof(ulong) };
        return ReadProcess(Environment.ProcessId, &into, 1, &from, 1, 0) == sizeof(ulong);
    }

    public static int User => (int)GetUser();

    /// <summary>Limits the address space of the process to its current size plus <paramref name="more"/> bytes; null removes the limit.</summary>
    public static void LimitAddressSpace(long? more)
    {
        var size = long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        var limit = new Limit { Soft = more is { } bytes ? (ulong)(size + bytes) : ulong.MaxValue, Hard = ulong.MaxValue };
        Check(SetLimit(AddressSpace, &limit));
    }

    private static void Forbid()
    {
        // Load the number of the call; if it is forbidden, jump to the error at the end.
        var calls = Forbidden;
        var filter = stackalloc Instruction[calls.Length + 3];
        filter[0] = new Instruction { Code = 0x20, Value = 0 };
        for (var i = 0; i < calls.Length; i++)
        {
            filter[i + 1] = new Instruction { Code = 0x15, IfTrue = (byte)(calls.Length - i), Otherwise = 0, Value = calls[i] };
        }

        filter[calls.Length + 1] = new Instruction { Code = 0x06, Value = Allow };
        filter[calls.Length + 2] = new Instruction { Code = 0x06, Value = RefuseNotPermitted };
        var program = new FilterProgram { Length = (ushort)(calls.Length + 3), Filter = filter };
        Check(Control(SetSeccomp, FilterMode, (nuint)(&program), 0, 0));
    }

    private static int Check(int result) =>
        result == 0 ? 0 : throw new InvalidOperationException($"the kernel returned error {Marshal.GetLastPInvokeError()}");

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "setgid", SetLastError = true)]
    private static partial int SetGroup(int group);

    [LibraryImport("libc", EntryPoint = "setuid", SetLastError = true)]
    private static partial int SetUser(int user);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static partial int Execute(byte* path, byte** arguments);

    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    private static partial nint ReadProcess(int process, Vector* into, nuint intoCount, Vector* from, nuint fromCount, nuint flags);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, Limit* limit);

    private struct Vector
    {
        public void* Start;
        public nuint Length;
    }

    private struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    private struct Instruction
    {
        public ushort Code;
        public byte IfTrue;
        public byte Otherwise;
        public uint Value;
    }

    private struct FilterProgram
    {
        public ushort Length;
        public Instruction* Filter;
    }
}
