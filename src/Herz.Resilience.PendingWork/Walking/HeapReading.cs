using Herz.Resilience.PendingWork.Dac;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Runtime;
using Herz.Resilience.PendingWork.RuntimeAsync;

namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Reads all pending operations from a process memory: walks the heap, links the objects and, if the reading is reliable, lists them.</summary>
internal sealed class HeapReading : IDisposable
{
    // A runtime-async method that waits for a delay consists of five objects: two continuations, two tasks and a timer.
    private const int FoundPerOperation = 5;

    private readonly ProcessMemory _memory;
    private readonly TypeTable _types;
    private readonly CoreFields _core;
    private readonly ResumeTable? _resumes;
    private readonly PendingWorkOptions _options;
    private readonly ObjectReader _reader;
    private readonly HeapWalker _walker;
    private readonly HeapCensus? _census;
    private readonly OriginReader _origins;
    private readonly NativeList<Found> _found = new();
    private readonly Names _names = new();
    private readonly WalkGuard _guard;
    private ulong _total;
    private string?[] _owners = [];
    private int _incompleteRegions;
    private int _listed;
    private bool _isTruncated;

    public HeapReading(ProcessMemory memory, RuntimeAccess runtime, PendingWorkOptions options, WalkGuard guard)
    {
        _memory = memory;
        _types = runtime.Types;
        _core = runtime.Core;
        _resumes = runtime.Resumes;
        _options = options;
        _guard = guard;
        _reader = new ObjectReader(_core, memory, options);
        _census = options.HeapByType ? new HeapCensus() : null;
        _walker = new HeapWalker(memory, _types, _reader, _census, guard);
        _origins = new OriginReader(_core, memory, options.Origins);
    }

    /// <summary>The number of regions that could not be read completely.</summary>
    public int BrokenRegions => _walker.BrokenRegions;

    /// <summary>The number of bytes walked.</summary>
    public ulong Bytes => _walker.Bytes;

    /// <summary>The part of the heap that was walked, from 0 to 1.</summary>
    public double Progress => _total == 0 ? 0 : Math.Min(1, (double)_walker.Bytes / _total);

    /// <summary>The objects by type; empty if they were not requested.</summary>
    public IReadOnlyList<HeapTypeCount> Types { get; private set; } = [];

    /// <summary>Reads the memory until the guard stops it. The caller must then check whether the reading is reliable.</summary>
    public void Read(HeapView heap)
    {
        _total = heap.Regions.Aggregate(0ul, static (sum, region) => sum + (region.End - region.Start));
        var limit = (int)Math.Min(int.MaxValue, (long)FoundPerOperation * _options.MaxOperations);
        _walker.Walk(heap.Regions, _found, limit);
        if (_guard.Stopped is not null || BrokenRegions > 0)
        {
            return;
        }

        if (_census is not null)
        {
            _incompleteRegions = _walker.Count(heap.LargeRegions, _found, limit);
            Types = _census.ListCounts(_memory, _types);
        }

        using var index = new AddressMap(_found.Count);
        for (var i = 0; i < _found.Count; i++)
        {
            index.Set(_found[i].Address, i);
        }

        LinkRuntimeAsync(index);
        new Linker(_core, _memory, _types, _reader, _found, index, _names, _guard).Link();
        _owners = new string?[_found.Count];
        for (var i = 0; i < _found.Count && _guard.MayContinueLoop(); i++)
        {
            ref var found = ref _found[i];
            if (!found.IsHidden)
            {
                found.Origin = found.Code == 0 && found.Origin < 0 ? _origins.Of(found.Context) : found.Origin;
                _owners[i] = OwnerOf(found);
            }
        }
    }

    private void LinkRuntimeAsync(AddressMap index)
    {
        if (_resumes is not null)
        {
            using var points = new ResumePoints(_resumes, _memory);
            new RuntimeAsyncLinker(_memory, _types, _found, index, _names, _resumes.Fields, points, _origins, _core.DelegateTarget, _guard).Link();
        }
    }

    // After an incomplete reading a promise may represent a method that was not read.
    private bool ListsPromises => _options.Promises && !_walker.IsFull;

    /// <summary>Lists the pending operations.</summary>
    public List<PendingOperation> ListOperations()
    {
        var operations = new List<PendingOperation>(Math.Min(_found.Count, _options.MaxOperations));
        var stacks = new StackBuilder(_found.Count, number => _found[number].Caller, NameOf);
        for (var i = 0; i < _found.Count && !_isTruncated; i++)
        {
            ref var found = ref _found[i];
            if (found.IsHidden || (found.Kind == PendingKind.Promise && !ListsPromises))
            {
                continue;
            }

            if (operations.Count == _options.MaxOperations)
            {
                _isTruncated = true;
            }
            else
            {
                var origin = found.Origin < 0 ? null : _origins[found.Origin];
                operations.Add(new PendingOperation(found.Kind, stacks.Of(i), _names[found.Awaits], found.State, origin, !found.IsAwaiting));
            }
        }

        _listed = operations.Count;
        return operations;
    }

    /// <summary>Notes on the data that is left out.</summary>
    public List<string> Notes()
    {
        var notes = new List<string>();
        if (_isTruncated || _walker.IsFull)
        {
            notes.Add($"only the first {_listed} operations are listed (MaxOperations)");
        }

        if (_walker.IsFull && _options.Promises)
        {
            notes.Add("tasks without a body are not listed: the methods that await them may be among the operations left out");
        }

        if (_incompleteRegions > 0)
        {
            notes.Add($"{_incompleteRegions} regions of large objects changed during the walk: their objects are not all counted");
        }

        return notes;
    }

    public void Dispose()
    {
        _walker.Dispose();
        _origins.Dispose();
        _found.Dispose();
    }

    private string NameOf(int number)
    {
        ref var found = ref _found[number];
        return _owners[number] ?? _types[found.Type].Name;
    }

    private string? OwnerOf(in Found found) => found.Kind switch
    {
        PendingKind.AsyncMethod when found.Method > 0 => _names[found.Method],
        PendingKind.TaskDelegate => Of("Task.Run", CallbackOwner(found.Awaited, 0)),
        PendingKind.Timer => Of("Timer", CallbackOwner(found.Awaited, found.Continuation)),
        PendingKind.Registration => Of("CancellationToken.Register", CallbackOwner(found.Awaited, found.Continuation)),
        _ => null,
    };

    private static string Of(string call, string? owner) => owner is null ? call : $"{call} of {owner}";

    // The state identifies the owner better than the target of a static callback, which is only its declaring class.
    private string? CallbackOwner(ulong callback, ulong state)
    {
        var target = _memory.ReadWord(callback + (ulong)_core.DelegateTarget);
        return (state == 0 ? null : _types.OwnerName(_memory, state)) ?? (target == 0 ? null : _types.OwnerName(_memory, target));
    }
}
