namespace Herz.Resilience.PendingWork.Walking;

/// <summary>Assigns an index to each distinct name, so that data in native memory can refer to it.</summary>
internal sealed class Names
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public Names() => Number("");

    public string this[int number] => _names[number];

    public int Number(string name)
    {
        if (!_numbers.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _names.Add(name);
            _numbers.Add(name, number);
        }

        return number;
    }
}
