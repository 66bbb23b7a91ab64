using System.Globalization;
using System.Reflection;
using Herz.Resilience.PendingWork.Dac;
using Herz.Resilience.PendingWork.Memory;
using Herz.Resilience.PendingWork.Naming;
using Herz.Resilience.PendingWork.Runtime;

namespace Herz.Resilience.PendingWork.RuntimeAsync;

/// <summary>
/// Finds the methods that the continuations in one memory resume. The runtime is not asked for a method by address: the data
/// access library gives its type and token, and reflection resolves the token after a check of the type.
/// </summary>
/// <param name="runtime">The methods found by earlier captures, and the means to find more.</param>
/// <param name="memory">The memory; it must outlive the instance.</param>
internal sealed class ResumePoints(ResumeTable runtime, ProcessMemory memory) : IDisposable
{
    private readonly Dictionary<ulong, AsyncFrame> _unnamed = [];
    private DacMethods? _methods;

    /// <summary>What a continuation resumes, by the word in its resume field.</summary>
    public AsyncFrame Of(ulong resume)
    {
        if (runtime.Known.TryGetValue(resume, out var frame) || _unnamed.TryGetValue(resume, out frame))
        {
            return frame;
        }

        _methods ??= runtime.Library.Methods(memory);
        if (Find(_methods, resume, out var name) is { } found)
        {
            runtime.Known.Add(resume, found);
            return found;
        }

        var at = string.Create(CultureInfo.InvariantCulture, $"(resumes at 0x{resume:x})");
        frame = new AsyncFrame(name is null ? $"a runtime-async method {at}" : $"a runtime-async method {name} {at}", true);
        _unnamed.Add(resume, frame);
        return frame;
    }

    public void Dispose() => _methods?.Dispose();

    private AsyncFrame? Find(DacMethods methods, ulong resume, out string? name)
    {
        name = null;
        if (runtime.Fields.CodeInInfo >= 0)
        {
            // The hand-written continuations of the framework have no code of their own.
            var code = memory.ReadWord(resume + (ulong)runtime.Fields.CodeInInfo);
            return code == 0 ? AsyncFrame.Helper : FrameOf(MethodAt(methods, code));
        }

        if (!ResumeStub.TryFind(memory, resume, out var stub, out var compiled))
        {
            return null;
        }

        name = runtime.Stubs.MethodName(memory, stub);
        foreach (var code in name is null ? [] : runtime.Stubs.PossibleCode(memory, stub, compiled))
        {
            if (MethodAt(methods, code) is { } method && method.Name == name)
            {
                return FrameOf(method);
            }
        }

        return null;
    }

    private MethodBase? MethodAt(DacMethods methods, ulong code)
    {
        var method = methods.OfCode(code);
        return method != 0 && methods.TryDescribe(method, out var data) && data.IsDynamic == 0 && runtime.Tables.TypeOf(memory, data.Table) is { } type
            ? Resolve(type, (int)data.Token)
            : null;
    }

    private static MethodBase? Resolve(Type type, int token)
    {
        try
        {
            return type.Module.ResolveMethod(token);
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or IOException or BadImageFormatException)
        {
            return null;
        }
    }

    // The runtime also creates continuations for its helpers, and for calls of methods that only return a task.
    private static AsyncFrame? FrameOf(MethodBase? method) => method is null
        ? null
        : (method.MethodImplementationFlags & MethodImplAttributes.Async) == 0 || method.DeclaringType?.FullName == RuntimeFacts.AsyncHelpers
            ? AsyncFrame.Helper
            : new AsyncFrame(MethodNames.Of(method), true);
}
