using CsCheck;
using Herz.Resilience.BackgroundWork;
using Herz.Resilience.BackgroundWork.Queueing;

namespace Herz.Resilience.Tests.BackgroundWork.Queueing;

public sealed class WorkQueueTests
{
    [Fact]
    public void TryNext_WithSeveralPriorities_ReturnsTheHighestThenTheOldest()
    {
        var queue = new WorkQueue<string>(1, 10);
        queue.Offer("runs", WorkPriority.Low);
        queue.Offer("low", WorkPriority.Low);
        queue.Offer("first", WorkPriority.Normal);
        queue.Offer("high", WorkPriority.High);
        queue.Offer("second", WorkPriority.Normal);

        var order = new List<string>();
        queue.Leave();
        while (queue.TryNext(out var next))
        {
            order.Add(next);
            queue.Leave();
        }

        Assert.Equal(["high", "first", "second", "low"], order);
    }

    [Fact]
    public void Offer_InAnySchedule_KeepsItsLimitsAndLosesNoItem() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[0, 5], Gen.Int[0, 3].Array[0, 200]).Sample((running, waiting, steps) =>
        {
            var queue = new WorkQueue<int>(running, waiting);
            var (accepted, started, left) = (0, 0, 0);
            foreach (var step in steps)
            {
                if (step == 3 && started > left)
                {
                    queue.Leave();
                    left++;
                    started += queue.TryNext(out _) ? 1 : 0;
                }
                else if (step < 3)
                {
                    var wasFull = queue.Running == running && queue.Waiting == waiting;
                    var verdict = queue.Offer(step, (WorkPriority)step);
                    Assert.Equal(wasFull, verdict == QueueVerdict.Refuse);
                    accepted += verdict == QueueVerdict.Refuse ? 0 : 1;
                    started += verdict == QueueVerdict.Run ? 1 : 0;
                }

                Assert.InRange(queue.Running, 0, running);
                Assert.InRange(queue.Waiting, 0, waiting);
                Assert.Equal(accepted, queue.Waiting + started);
                Assert.True(queue.Waiting == 0 || queue.Running == running);
            }
        });
}
