using System.Text;

namespace Herz.Resilience.Tests.Configuration;

/// <summary>The section <c>Herz</c> from memory, read by the framework's own JSON reader, and replaced while the app runs.</summary>
internal sealed class SectionSource(string json) : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load() => Data = Parse(json);

    /// <summary>Takes another section and tells the app of it, as a file provider does.</summary>
    public void Change(string section)
    {
        Data = Parse(section);
        OnReload();
    }

    private static Dictionary<string, string?> Parse(string section)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Herz": {{section}} }"""));
        var root = new ConfigurationBuilder().AddJsonStream(stream).Build();
        return root.AsEnumerable().ToDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
