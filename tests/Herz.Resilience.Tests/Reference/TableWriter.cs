using System.Text;

namespace Herz.Resilience.Tests.Reference;

/// <summary>Writes the configuration table of the README.</summary>
internal static class TableWriter
{
    public const string Begin = "<!-- configuration table, compared with the options by a test -->";
    public const string End = "<!-- end of the configuration table -->";

    public static string Write(OptionNode root)
    {
        var table = new StringBuilder("| key below `Herz` | default | meaning |\n|---|---|---|\n");
        foreach (var leaf in root.Leaves)
        {
            table.Append("| `").Append(leaf.Key).Append("` | ").Append(Default(leaf)).Append(" | ").Append(Escape(leaf.Summary)).Append(" |\n");
        }

        return table.ToString();
    }

    private static string Default(OptionNode leaf) =>
        leaf.Type.IsGenericType && Nullable.GetUnderlyingType(leaf.Type) is null ? "none"
        : leaf.Default is null ? "–"
        : $"`{OptionTree.Show(leaf.Default)}`";

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
