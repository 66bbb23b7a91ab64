using Google.Protobuf;
using Google.Protobuf.Reflection;
using Herz.Resilience.Tool.GrpcCalls;

namespace Herz.Resilience.Tool.Tests.GrpcCalls;

/// <summary>The descriptors of <c>calls.proto</c>, as protoc writes them.</summary>
internal static class Descriptors
{
    public static FileDescriptorSet Set(bool withImports = true)
    {
        var set = new FileDescriptorSet();
        set.File.Add(All(CallsReflection.Descriptor).Distinct().Where(f => withImports || f == CallsReflection.Descriptor).Select(f => FileDescriptorProto.Parser.ParseFrom(f.SerializedData)));
        return set;
    }

    public static DescriptorPool Pool() => DescriptorPool.Of(Set().File.Reverse(), "the test");

    /// <summary>Writes the descriptors to a file; the caller deletes it.</summary>
    public static string File(bool withImports = true)
    {
        var path = Path.GetTempFileName();
        System.IO.File.WriteAllBytes(path, Set(withImports).ToByteArray());
        return path;
    }

    private static IEnumerable<FileDescriptor> All(FileDescriptor file) => file.Dependencies.SelectMany(All).Append(file);
}
