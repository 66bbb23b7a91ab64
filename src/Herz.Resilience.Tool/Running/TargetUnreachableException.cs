namespace Herz.Resilience.Tool.Running;

/// <summary>The target is unreachable; the message is one sentence for the user.</summary>
internal sealed class TargetUnreachableException : Exception
{
    /// <summary>Without a reason.</summary>
    public TargetUnreachableException()
    {
    }

    /// <summary>With a reason.</summary>
    public TargetUnreachableException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and a cause.</summary>
    public TargetUnreachableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
