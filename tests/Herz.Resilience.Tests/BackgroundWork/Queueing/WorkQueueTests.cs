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
        queue.Offer("runs", WorkPriority.Low, out _);
        queue.Offer("low", WorkPriority.Low, out _);
        queue.Offer("first", WorkPriority.Normal, out _);
        queue.Offer("high", WorkPriority.High, out _);
        queue.Offer("second", WorkPriority.Normal, out _);

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
                    var verdict = queue.Offer(step, (WorkPriority)step, out _);
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

    [Fact]
    public void Hold_UntilReleased_DoesNotRun()
    {
        var queue = new WorkQueue<string>(1, 2);
        Assert.Equal(QueueVerdict.Wait, queue.Hold("held", out var place));
        Assert.False(queue.TryNext(out _));
        Assert.Equal(QueueVerdict.Run, queue.Offer("runs", WorkPriority.Normal, out _));
        Assert.Equal(QueueVerdict.Wait, queue.Offer("waits", WorkPriority.Normal, out _));
        Assert.Equal(QueueVerdict.Refuse, queue.Hold("refused", out _));

        queue.Release(place!, WorkPriority.High);
        queue.Release(place!, WorkPriority.High);
        queue.Leave();

        Assert.True(queue.TryNext(out var next));
        Assert.Equal("held", next);
        Assert.False(queue.Remove(place!));
        Assert.Equal(1, queue.Waiting);
    }

    [Fact]
    public void Remove_InAnySchedule_FreesOnePlaceAndKeepsTheOrderOfTheOthers() =>
        Gen.Select(Gen.Int[0, 4].Array[0, 100], Gen.Int[0, 1000]).Sample((steps, seed) =>
        {
            var queue = new WorkQueue<int>(1, 50);
            var places = new List<(int Item, LinkedListNode<int> Place)>();
            queue.Offer(-1, WorkPriority.Normal, out _);
            for (var index = 0; index < steps.Length; index++)
            {
                if (steps[index] > 1)
                {
                    queue.Offer(index, WorkPriority.Normal, out var place);
                    if (place is not null)
                    {
                        places.Add((index, place));
                    }
                }
                else if (places.Count > 0 && steps[index] == 0)
                {
                    var removed = (seed + index) % places.Count;
                    Assert.True(queue.Remove(places[removed].Place));
                    Assert.False(queue.Remove(places[removed].Place));
                    places.RemoveAt(removed);
                }
                else if (places.Count > 0)
                {
                    queue.Leave();
                    Assert.True(queue.TryNext(out var next));
                    Assert.Equal(places[0].Item, next);
                    places.RemoveAt(0);
                }

                Assert.Equal(places.Count, queue.Waiting);
            }
        });
}
