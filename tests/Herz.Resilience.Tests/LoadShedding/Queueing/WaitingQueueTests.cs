using CsCheck;
using Herz.Resilience.LoadShedding.Queueing;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Tests.LoadShedding.Queueing;

public sealed class WaitingQueueTests
{
    [Fact]
    public void AnySequence_IsAsInAPlainList()
    {
        var step = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 50]);
        step.Array[0, 60].Sample(steps =>
        {
            var queue = new WaitingQueue();
            var model = new List<StandIn>();
            var now = 0L;
            foreach (var (kind, priority, newestFirst, span) in steps)
            {
                now++;
                switch (kind)
                {
                    case 0 or 1:
                        var added = new StandIn { Priority = (RequestPriority)priority, Since = now, Deadline = long.MaxValue, LatestStart = now + span };
                        queue.Add(added);
                        model.Add(added);
                        break;
                    case 2 when model.Count > 0:
                        var highest = model.Where(waiter => waiter.Priority == model.Max(other => other.Priority)).ToArray();
                        Assert.Equal(highest[0].Priority, queue.Next);
                        Remove(newestFirst ? highest[^1] : highest[0], queue.Take(newestFirst));
                        break;
                    case 3:
                        Remove(model.Where(waiter => (int)waiter.Priority <= priority).MinBy(waiter => (waiter.Priority, waiter.Since)), queue.GiveUp((RequestPriority)priority));
                        break;
                    case 4:
                        var lookedAt = newestFirst ? model : model.GroupBy(waiter => waiter.Priority).Select(group => group.First());
                        Remove(lookedAt.Where(waiter => waiter.LatestStart <= now).MinBy(waiter => (waiter.Priority, waiter.Since)), queue.TakeExpired(now, all: newestFirst));
                        break;
                }

                Assert.Equal(model.Count, queue.Count);
                Assert.Equal(model.Count(waiter => (int)waiter.Priority >= priority), queue.CountFrom((RequestPriority)priority));
                Assert.Equal(model.Count == 0 ? long.MaxValue : model.Min(waiter => waiter.Since), queue.OldestSince);
            }

            void Remove(StandIn? expected, Waiter? taken)
            {
                Assert.Same(expected, taken);
                model.Remove(expected!);
            }
        });
    }
}
