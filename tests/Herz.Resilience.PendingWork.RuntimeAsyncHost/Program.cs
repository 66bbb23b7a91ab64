using System.Globalization;
using Herz.Resilience.PendingWork;
using Herz.Resilience.PendingWork.RuntimeAsyncHost;

// "chains": leaks 500 chains of two methods and 70 of one, next to work that ends. "matrix 10": leaks each kind ten times. Prints the profile.
// A last argument selects the capture method.
switch (args[0])
{
    case "chains":
        Chains.Start();
        break;
    case "matrix":
        Matrix.Start(int.Parse(args[1], CultureInfo.InvariantCulture));
        break;
    default:
        await Console.Error.WriteLineAsync($"unknown command: {args[0]}");
        return 2;
}

// Work that yields has reached its last await when the queue of the pool stays empty.
SpinWait.SpinUntil(static () => ThreadPool.PendingWorkItemCount == 0);
var options = new PendingWorkOptions { Collect = PendingWorkSweep.Full, Origins = [Matrix.Marker], LongestPause = TimeSpan.FromSeconds(10) };
var profile = Enum.GetNames<CaptureMethod>().Contains(args[^1]) ? OnlyMethod.Capture(Enum.Parse<CaptureMethod>(args[^1]), options) : PendingWorkProfile.Capture(options);
profile.WriteTo(Console.Out, PendingWorkFormat.Json);
return 0;
