namespace Herz.Resilience.Tool;

/// <summary>The user asked for something that cannot be; the message is one sentence that says what would be right.</summary>
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
