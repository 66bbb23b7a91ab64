using BenchmarkDotNet.Running;

// dotnet run -c Release --project tests/Herz.Resilience.Benchmarks -- --filter '*Name*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
