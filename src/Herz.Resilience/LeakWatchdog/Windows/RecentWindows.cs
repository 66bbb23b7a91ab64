using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Herz.Resilience.LeakWatchdog.Windows;

/// <summary>The numbers of the last windows that were found clean. All older clean windows are only counted.</summary>
internal struct RecentWindows
{
    public const int Capacity = 5;

    private Numbers _numbers;
    private int _count;

    /// <summary>The kept numbers, oldest first.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<long> Kept => ((ReadOnlySpan<long>)_numbers)[.._count];

    // Windows become clean in any order.
    public void Add(long window)
    {
        Span<long> all = _numbers;
        if (_count == Capacity)
        {
            if (window < all[0])
            {
                return;
            }

            all[1..].CopyTo(all);
            _count--;
        }

        var at = _count++;
        for (; at > 0 && all[at - 1] > window; at--)
        {
            all[at] = all[at - 1];
        }

        all[at] = window;
    }

    [InlineArray(Capacity)]
    private struct Numbers
    {
        private long _first;
    }
}
