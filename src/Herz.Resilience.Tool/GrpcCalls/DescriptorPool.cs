using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>Message and service types, read from descriptors at run time.</summary>
internal sealed class DescriptorPool
{
    private readonly IReadOnlyList<FileDescriptor> _files;
    private readonly string _from;

    private DescriptorPool(IReadOnlyList<FileDescriptor> files, string from)
    {
        _files = files;
        _from = from;
    }

    /// <summary>Reads a file that protoc wrote with <c>--descriptor_set_out</c> and <c>--include_imports</c>.</summary>
    /// <exception cref="UsageException">The file cannot be read or is not a descriptor set.</exception>
    public static DescriptorPool OfFile(string path)
    {
        try
        {
            return Of(FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(path)).File, $"--protoset {path}");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new UsageException($"--protoset {path} is not a descriptor set; create it with protoc --include_imports --descriptor_set_out=FILE", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--protoset cannot read {path}: {e.Message}", e);
        }
    }

    /// <summary>Builds a pool from files.</summary>
    /// <param name="files">The files and all their imports, in any order.</param>
    /// <param name="from">Source of the files, for error messages.</param>
    /// <exception cref="UsageException">An import is missing, or the files are inconsistent.</exception>
    public static DescriptorPool Of(IEnumerable<FileDescriptorProto> files, string from)
    {
        var byName = new Dictionary<string, FileDescriptorProto>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            byName[file.Name] = file;
        }

        var (ordered, seen) = (new List<ByteString>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var file in byName.Values)
        {
            Visit(file, byName, seen, ordered, from);
        }

        try
        {
            return new DescriptorPool(FileDescriptor.BuildFromByteStrings(ordered), from);
        }
        catch (Exception e) when (e is DescriptorValidationException or ArgumentException or InvalidOperationException)
        {
            throw new UsageException($"{from} contains inconsistent descriptors: {e.Message}", e);
        }
    }

    /// <summary>Returns the request type of a unary method.</summary>
    /// <exception cref="UsageException">The method does not exist or streams; the message lists the existing names.</exception>
    public MessageDescriptor RequestOf(GrpcMethod method)
    {
        var services = _files.SelectMany(f => f.Services).ToArray();
        var service = Array.Find(services, s => s.FullName == method.Service)
            ?? throw new UsageException($"{_from} has no service {method.Service}; it has {List(services.Select(s => s.FullName))}");
        var found = service.FindMethodByName(method.Name)
            ?? throw new UsageException($"the service {service.FullName} has no method {method.Name}; it has {List(service.Methods.Select(m => m.Name))}");
        return found.IsClientStreaming || found.IsServerStreaming
            ? throw new UsageException($"{method} is a streaming method; herz supports unary methods only")
            : found.InputType;
    }

    /// <summary>The names as a list, or "none".</summary>
    public static string List(IEnumerable<string> names) => string.Join(", ", names.Distinct().Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "none";

    // Imports come before the file that imports them.
    private static void Visit(FileDescriptorProto file, Dictionary<string, FileDescriptorProto> files, HashSet<string> seen, List<ByteString> ordered, string from)
    {
        if (!seen.Add(file.Name))
        {
            return;
        }

        foreach (var import in file.Dependency)
        {
            Visit(
                files.GetValueOrDefault(import) ?? throw new UsageException($"{from} lacks {import}, which {file.Name} imports; run protoc with --include_imports"),
                files, seen, ordered, from);
        }

        ordered.Add(file.ToByteString());
    }
}
