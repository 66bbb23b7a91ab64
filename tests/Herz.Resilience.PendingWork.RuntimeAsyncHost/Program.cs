using Herz.Resilience.PendingWork;
using Herz.Resilience.PendingWork.RuntimeAsyncHost;

// Leaks 500 chains of two methods and 70 of one, next to work that ends, and prints the profile.
var source = new TaskCompletionSource();
var kept = new List<Task>();
for (var i = 0; i < 500; i++)
{
    kept.Add(Leaks.Outer(source.Task));
}

for (var i = 0; i < 70; i++)
{
    kept.Add(Leaks.Inner(source.Task));
}

for (var i = 0; i < 30; i++)
{
    kept.Add(Leaks.Outer(Task.Delay(1)));
}

Task.WaitAll(kept.TakeLast(30));
PendingWorkProfile.Capture(new PendingWorkOptions { Collect = PendingWorkSweep.Full }).WriteTo(Console.Out, PendingWorkFormat.Json);
GC.KeepAlive(kept);
