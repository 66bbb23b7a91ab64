namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>A unary method that is called: <c>package.Service/Method</c>.</summary>
/// <param name="Service">The full name of the service.</param>
/// <param name="Name">The method in it.</param>
internal sealed record GrpcMethod(string Service, string Name)
{
    /// <summary>Reads a method.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static GrpcMethod Parse(string text, string what)
    {
        var parts = text.TrimStart('/').Split('/');
        return parts.Length == 2 && parts[0].Split('.').Append(parts[1]).All(IsName)
            ? new GrpcMethod(parts[0], parts[1])
            : throw new UsageException($"{what} is '{text}'; it must be a method such as shop.v1.Orders/GetOrder");
    }

    /// <summary>Where calls of it go.</summary>
    /// <param name="server">A URL without a path.</param>
    /// <param name="what">What the URL is, for the complaint.</param>
    /// <exception cref="UsageException">The URL has a path.</exception>
    public Uri At(Uri server, string what) => server.PathAndQuery == "/"
        ? new Uri(server, $"/{Service}/{Name}")
        : throw new UsageException($"{what} is '{server}'; beside a gRPC method it is the server alone, such as {server.GetLeftPart(UriPartial.Authority)}");

    /// <inheritdoc />
    public override string ToString() => $"{Service}/{Name}";

    private static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
