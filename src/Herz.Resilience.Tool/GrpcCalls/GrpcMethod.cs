namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>A unary method: <c>package.Service/Method</c>.</summary>
/// <param name="Service">The full name of the service.</param>
/// <param name="Name">The name of the method.</param>
internal sealed record GrpcMethod(string Service, string Name)
{
    /// <summary>Parses a method.</summary>
    /// <exception cref="UsageException">The text is not a method.</exception>
    public static GrpcMethod Parse(string text, string what)
    {
        var parts = text.TrimStart('/').Split('/');
        return parts.Length == 2 && parts[0].Split('.').Append(parts[1]).All(IsName)
            ? new GrpcMethod(parts[0], parts[1])
            : throw new UsageException($"{what} is '{text}'; it must be a gRPC method such as shop.v1.Orders/GetOrder");
    }

    /// <summary>The URL of its calls.</summary>
    /// <param name="server">A URL without a path.</param>
    /// <param name="what">Name of the URL in the error message.</param>
    /// <exception cref="UsageException">The URL has a path.</exception>
    public Uri At(Uri server, string what) => server.PathAndQuery == "/"
        ? new Uri(server, $"/{Service}/{Name}")
        : throw new UsageException($"{what} is '{server}'; with a gRPC method it must be the server without a path, such as {server.GetLeftPart(UriPartial.Authority)}");

    /// <inheritdoc />
    public override string ToString() => $"{Service}/{Name}";

    private static bool IsName(string text) =>
        text.Length > 0 && !char.IsAsciiDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
