using BenchmarkDotNet.Running;
using Herz.Resilience.Benchmarks.Captures;
using Herz.Resilience.Benchmarks.Harmless;
using Herz.Resilience.Benchmarks.Harmless.Servers;
using Herz.Resilience.Benchmarks.Leaks;
using Herz.Resilience.Benchmarks.Macro;
using Herz.Resilience.Benchmarks.Outbound;
using Herz.Resilience.Benchmarks.Overload;

// Micro: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- --filter '*Name*'
// Macro: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- macro
// Leaks: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- leaks
// Overload: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- overload
// Harmless: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- harmless
// Captures: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- captures
// Outbound: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- outbound
switch (args.FirstOrDefault())
{
    case "macro":
        return await MacroBenchmark.RunAsync(args[1..]);
    case "overload":
        return await OverloadBenchmark.RunAsync(args[1..]);
    case "outbound":
        return await OutboundBenchmark.RunAsync(args[1..]);
    case "harmless":
        return await HarmlessBenchmark.RunAsync(args[1..]);
    case "captures":
        return await CapturesBenchmark.RunAsync(args[1..]);
    case CapturedApp.Command:
        await CapturedApp.RunAsync(args[1..]);
        return 0;
    case AppServer.Command:
        await AppServer.RunAsync(args[1], bool.Parse(args[2]));
        return 0;
    case "leaks":
        return await LeakBenchmark.RunAsync(args[1..]);
    case "serve":
        await ServerProcess.RunAsync(args[1]);
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
