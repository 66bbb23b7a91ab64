using BenchmarkDotNet.Running;
using Herz.Resilience.Benchmarks.Macro;

// Micro: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- --filter '*Name*'
// Macro: dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- macro
switch (args.FirstOrDefault())
{
    case "macro":
        return await MacroBenchmark.RunAsync(args[1..]);
    case "serve":
        await ServerProcess.RunAsync(args[1]);
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        return 0;
}
