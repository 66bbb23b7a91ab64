namespace Herz.Resilience.Outbound.Dependencies;

/// <summary>
/// The kind of a call: its method and its path without segments that have digits, such as <c>GET /orders//items</c>. One route of a
/// dependency may fail, throttle or have its circuit open while the others are well, so evidence is kept by kind.
/// </summary>
internal static class CallKind
{
    /// <summary>The hash of the kind; 0 for a call that is not HTTP.</summary>
    public static int Of(HttpRequestMessage? request)
    {
        if (request?.RequestUri is not { IsAbsoluteUri: true } uri)
        {
            return 0;
        }

        var hash = new HashCode();
        hash.Add(request.Method);
        var path = uri.AbsolutePath.AsSpan();
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            hash.Add(segment.ContainsAnyInRange('0', '9') ? 0 : string.GetHashCode(segment));
        }

        return hash.ToHashCode();
    }

    /// <summary>The hash of the credentials; 0 without any. A limit often belongs to one account of the dependency.</summary>
    public static int AccountOf(HttpRequestMessage? request) =>
        request is not null && request.Headers.NonValidated.TryGetValues("Authorization", out var values) ? string.GetHashCode(values.ToString()) : 0;
}
