using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Herz.Resilience.RateLimiting.Keys;

/// <summary>
/// The SHA-256 of an API key, so that the configuration need not contain the key: <c>sha256:</c> and 64 hexadecimal digits, as
/// <c>printf %s "$KEY" | sha256sum</c> prints them. Keys are compared by its first half.
/// </summary>
internal static class ApiKeyDigest
{
    public const string Prefix = "sha256:";

    private const int LongestOnStack = 1024;

    public static bool TryParse(string text, out UInt128 digest)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        digest = 0;
        if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            || text.Length != Prefix.Length + (2 * SHA256.HashSizeInBytes)
            || Convert.FromHexString(text.AsSpan(Prefix.Length), bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        digest = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }

    public static UInt128 Of(string key)
    {
        var most = Encoding.UTF8.GetMaxByteCount(key.Length);
        var rented = most <= LongestOnStack ? null : ArrayPool<byte>.Shared.Rent(most);
        var text = rented ?? stackalloc byte[LongestOnStack];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], digest);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
