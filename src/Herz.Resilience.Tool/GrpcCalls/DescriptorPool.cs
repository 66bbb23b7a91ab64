using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Herz.Resilience.Tool.GrpcCalls;

/// <summary>Message and service types that were read from descriptors, not compiled in.</summary>
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
    /// <exception cref="UsageException">It cannot be read or understood.</exception>
    public static DescriptorPool OfFile(string path)
    {
        try
        {
            return Of(FileDescriptorSet.Parser.ParseFrom(File.ReadAllBytes(path)).File, $"--protoset {path}");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new UsageException($"--protoset {path} is no descriptor set; write it with protoc --include_imports --descriptor_set_out=FILE", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--protoset cannot read {path}: {e.Message}", e);
        }
    }

    /// <summary>Joins files to a pool.</summary>
    /// <param name="files">The files, in any order, with all that they import.</param>
    /// <param name="from">Where they are from, for complaints.</param>
    /// <exception cref="UsageException">An import is missing, or they contradict each other.</exception>
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
            throw new UsageException($"{from} holds descriptors that do not fit together: {e.Message}", e);
        }
    }

    /// <summary>Finds the type of a unary method's request.</summary>
    /// <exception cref="UsageException">There is no such method, or it streams; with what there is.</exception>
    public MessageDescriptor RequestOf(GrpcMethod method)
    {
        var services = _files.SelectMany(f => f.Services).ToArray();
        var service = Array.Find(services, s => s.FullName == method.Service)
            ?? throw new UsageException($"{_from} has no service {method.Service}; it has {List(services.Select(s => s.FullName))}");
        var found = service.FindMethodByName(method.Name)
            ?? throw new UsageException($"the service {service.FullName} has no method {method.Name}; it has {List(service.Methods.Select(m => m.Name))}");
        return found.IsClientStreaming || found.IsServerStreaming
            ? throw new UsageException($"{method} is a streaming method; herz loads unary ones")
            : found.InputType;
    }

    /// <summary>Names in a row, or the word for none.</summary>
    public static string List(IEnumerable<string> names) => string.Join(", ", names.Distinct().Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "none";

    // Each file after what it imports.
    private static void Visit(FileDescriptorProto file, Dictionary<string, FileDescriptorProto> files, HashSet<string> seen, List<ByteString> ordered, string from)
    {
        if (!seen.Add(file.Name))
        {
            return;
        }

        foreach (var import in file.Dependency)
        {
            Visit(
                files.GetValueOrDefault(import) ?? throw new UsageException($"{from} lacks {import}, which {file.Name} imports; a set of protoc needs --include_imports"),
                files, seen, ordered, from);
        }

        ordered.Add(file.ToByteString());
    }
}
