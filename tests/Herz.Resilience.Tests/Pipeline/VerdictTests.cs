using System.Net;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>A verdict may complete on another thread between any two checks of its status.</summary>
public sealed class VerdictTests
{
    public static TheoryData<int, bool, bool> Interleavings
    {
        get
        {
            var all = new TheoryData<int, bool, bool>();
            for (var check = 0; check <= 4; check++)
            {
                foreach (var refuses in new[] { false, true })
                {
                    all.Add(check, refuses, true);
                    all.Add(check, refuses, false);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Interleavings))]
    public async Task Verdict_ThatCompletesBeforeAnyCheck_IsReadOnceAndTheRequestEnds(int check, bool refuses, bool onArrival)
    {
        var guard = new LateVerdictGuard(check, refuses, onArrival);
        await using var app = await TestApp.StartAsync(
            static web => web.MapGet("/", static () => "fine"),
            build: builder =>
            {
                builder.Services.RemoveAll<RequestGuard>();
                builder.Services.AddSingleton<RequestGuard>(guard);
            });

        Assert.Equal(refuses ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK, await app.StatusAsync("/"));
        Assert.Equal(0, guard.InFlight);
        Assert.Equal(refuses ? 0 : 1, guard.Exits);
    }
}
