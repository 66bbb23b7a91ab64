using System.Reflection;
using System.Runtime.CompilerServices;
using Herz.Resilience.PendingWork.Naming;

namespace Herz.Resilience.PendingWork.Tests.Naming;

public class NamesTests
{
    private const string Here = "Herz.Resilience.PendingWork.Tests.Naming.NamesTests.";

    [Theory]
    [InlineData(nameof(Sample.PlainAsync), "Sample<T>.PlainAsync")]
    [InlineData(nameof(Sample.GenericAsync), "Sample<T>.GenericAsync<U>")]
    [InlineData(nameof(Sample.Numbers), "Sample<T>.Numbers")]
    public void Of_Method_IsTheSourceName(string method, string expected)
    {
        var machine = typeof(Sample<>).GetMethod(method)!.GetCustomAttribute<StateMachineAttribute>()!.StateMachineType;

        Assert.Equal(Here + expected, MethodNames.Of(machine));
    }

    [Fact]
    public void Of_ClosedGenerics_ContainsTheArguments()
    {
        var machine = typeof(Sample<>).GetMethod(nameof(Sample.GenericAsync))!.GetCustomAttribute<StateMachineAttribute>()!.StateMachineType;

        Assert.Equal(Here + "Sample<int>.GenericAsync<List<string>>", MethodNames.Of(machine.MakeGenericType(typeof(int), typeof(List<string>))));
    }

    [Fact]
    public void Of_LambdaAndLocalFunction_ContainsTheirMethod()
    {
        Func<Task> lambda = static async () => await Task.Yield();
        var local = Local;

        Assert.Equal(Here + "Of_LambdaAndLocalFunction_ContainsTheirMethod.lambda", Name(lambda));
        Assert.Equal(Here + "Of_LambdaAndLocalFunction_ContainsTheirMethod.Local", Name(local));

        static async Task Local() => await Task.Yield();
    }

    [Theory]
    [InlineData(typeof(TaskCompletionSource<int>), "System.Threading.Tasks.TaskCompletionSource<int>")]
    [InlineData(typeof(Task<List<string>>), "TaskCompletionSource<List<string>>")]
    [InlineData(typeof(Task), "TaskCompletionSource")]
    [InlineData(typeof(Dictionary<int, string[]>.Enumerator), "System.Collections.Generic.Dictionary<int, string[]>.Enumerator")]
    public void Of_Awaited_IsTheCallOrTheType(Type type, string expected) => Assert.Equal(expected, AwaitedNames.Of(type));

    private static string Name(Delegate method) => MethodNames.Of(method.Method.GetCustomAttribute<StateMachineAttribute>()!.StateMachineType);

    private static class Sample
    {
        public const string PlainAsync = nameof(PlainAsync);
        public const string GenericAsync = nameof(GenericAsync);
        public const string Numbers = nameof(Numbers);
    }

    private sealed class Sample<T>
    {
        public async Task PlainAsync() => await Task.Yield();

        public async Task<U> GenericAsync<U>(T input, U output)
        {
            await Task.Yield();
            GC.KeepAlive(input);
            return output;
        }

        public async IAsyncEnumerable<T> Numbers()
        {
            await Task.Yield();
            yield return default!;
        }
    }
}
