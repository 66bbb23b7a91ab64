namespace Herz.Resilience.Tool;

/// <summary>The command line or a file is invalid; the message is one sentence that states the correct form.</summary>
internal sealed class UsageException : Exception
{
    /// <summary>Without a reason.</summary>
    public UsageException()
    {
    }

    /// <summary>With a reason.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and a cause.</summary>
    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
