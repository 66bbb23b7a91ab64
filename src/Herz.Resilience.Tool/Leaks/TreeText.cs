using System.Globalization;
using Spectre.Console;

namespace Herz.Resilience.Tool.Leaks;

/// <summary>Writes a tree: drawn on a terminal, otherwise as indented lines.</summary>
internal sealed class TreeText(TextWriter to, bool isLive, bool isChange)
{
    private const int MaxChildren = 20;

    /// <summary>Writes a tree under a heading.</summary>
    public void Write(string heading, PendingTree tree)
    {
        if (!isLive)
        {
            to.WriteLine(heading);
            Lines(tree, "  ");
            return;
        }

        var root = new Tree(new Text(heading));
        Nodes(root, tree);
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(to) }).Write(root);
    }

    /// <summary>Writes lines under a heading.</summary>
    public void Write(string heading, IEnumerable<string> lines)
    {
        to.WriteLine(heading);
        foreach (var line in lines)
        {
            to.WriteLine("  " + Clean(line));
        }
    }

    private void Lines(PendingTree tree, string indent)
    {
        foreach (var child in tree.Children.Take(MaxChildren))
        {
            foreach (var line in Label(child).Split('\n'))
            {
                to.WriteLine(indent + line);
            }

            Lines(child, indent + "    ");
        }

        if (Rest(tree) is { } rest)
        {
            to.WriteLine(indent + rest);
        }
    }

    private void Nodes(IHasTreeNodes to, PendingTree tree)
    {
        foreach (var child in tree.Children.Take(MaxChildren))
        {
            Nodes(to.AddNode(new Text(Label(child))), child);
        }

        if (Rest(tree) is { } rest)
        {
            to.AddNode(new Text(rest));
        }
    }

    private string Label(PendingTree node) => $"{Format(node.Count)} {string.Join("\n  ", node.Names.Select(Clean))}";

    private string? Rest(PendingTree tree) => tree.Children.Count <= MaxChildren ? null
        : string.Create(CultureInfo.InvariantCulture, $"{Format(tree.Children.Skip(MaxChildren).Sum(c => c.Count))} in {tree.Children.Count - MaxChildren} more");

    private string Format(long count) => count.ToString(isChange ? "+0;-0;0" : "0", CultureInfo.InvariantCulture);

    // Names come from the target; control characters could manipulate this terminal.
    private static string Clean(string name) => string.Create(name.Length, name, static (span, from) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsControl(from[i]) ? '?' : from[i];
        }
    });
}
