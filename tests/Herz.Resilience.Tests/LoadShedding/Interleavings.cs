namespace Herz.Resilience.Tests.LoadShedding;

/// <summary>
/// Runs something with every order of its steps: each run makes choices, and the next one the last of them otherwise
/// (stateless search, as in VeriSoft, POPL 1997).
/// </summary>
internal sealed class Interleavings
{
    private readonly List<(int Choice, int Count)> _path = [];
    private int _depth;

    /// <summary>One of so many, from 0 on.</summary>
    public int Choose(int count)
    {
        if (_depth == _path.Count)
        {
            _path.Add((0, count));
        }

        return _path[_depth++].Choice;
    }

    /// <returns>How many runs there were.</returns>
    public static int Each(Action<Interleavings> run)
    {
        var search = new Interleavings();
        for (var runs = 1; ; runs++)
        {
            search._depth = 0;
            run(search);
            while (search._path.Count > 0 && search._path[^1].Choice + 1 == search._path[^1].Count)
            {
                search._path.RemoveAt(search._path.Count - 1);
            }

            if (search._path.Count == 0)
            {
                return runs;
            }

            search._path[^1] = (search._path[^1].Choice + 1, search._path[^1].Count);
        }
    }
}
