namespace Herz.Resilience.Tool.Soaking;

/// <summary>An endpoint did not return metrics; the message says what it returned.</summary>
internal sealed class NotMetricsException : Exception
{
    /// <summary>Without a reason.</summary>
    public NotMetricsException()
    {
    }

    /// <summary>With a reason.</summary>
    public NotMetricsException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and a cause.</summary>
    public NotMetricsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
