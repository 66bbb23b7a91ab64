using System.Runtime.InteropServices;
using Herz.Resilience.Tool.Commands;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await HerzCommand.InvokeAsync(
    args,
    new Terminal(Console.Out, Console.Error, !Console.IsOutputRedirected),
    TimeProvider.System,
    stop.Token).ConfigureAwait(false);

void Stop(PosixSignalContext context)
{
    // The first signal ends the run and prints the results so far; the second ends the process immediately.
    context.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
