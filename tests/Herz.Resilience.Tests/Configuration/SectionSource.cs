using System.Text;

namespace Herz.Resilience.Tests.Configuration;

/// <summary>The section <c>Herz</c> in memory, read by the framework's own JSON reader. It can be replaced while the app runs.</summary>
internal sealed class SectionSource(string json) : ConfigurationProvider, IConfigurationSource
{
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override void Load() => Data = Parse(json);

    /// <summary>Replaces the section and notifies the app, as a file provider does.</summary>
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
