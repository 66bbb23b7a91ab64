using System.Text;

namespace Herz.Resilience.PendingWork;

/// <summary>An async call stack: a pending method and the chain of pending methods that await it.</summary>
/// <remarks>Equal stacks of one profile are the same object.</remarks>
public sealed class PendingStackTrace
{
    /// <summary>Adds a method to the stack of the method that awaits it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="caller">The stack of the method that awaits it; null for the outermost method.</param>
    public PendingStackTrace(string method, PendingStackTrace? caller)
    {
        ArgumentNullException.ThrowIfNull(method);
        Method = method;
        Caller = caller;
        Depth = caller is null ? 1 : caller.Depth + 1;
    }

    /// <summary>The method as in the source code: <c>Orders.OrderRepository.LoadAsync</c>.</summary>
    public string Method { get; }

    /// <summary>The stack of the method that awaits it; null for the outermost method.</summary>
    public PendingStackTrace? Caller { get; }

    /// <summary>The number of methods.</summary>
    public int Depth { get; }

    /// <summary>The methods, the innermost first.</summary>
    public IEnumerable<string> Methods()
    {
        for (var at = this; at is not null; at = at.Caller)
        {
            yield return at.Method;
        }
    }

    /// <summary>The methods on one line, the innermost first: <c>A &lt;- B &lt;- C</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Method);
        for (var at = Caller; at is not null; at = at.Caller)
        {
            text.Append(" <- ").Append(at.Method);
        }

        return text.ToString();
    }
}
