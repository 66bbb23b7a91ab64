using System.Net;
using Herz.Resilience.Pipeline;
using Herz.Resilience.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Herz.Resilience.Tests.Pipeline;

/// <summary>A verdict may settle on another thread between any two looks at it.</summary>
public sealed class VerdictTests
{
    public static TheoryData<int, bool, bool> Interleavings
    {
        get
        {
            var all = new TheoryData<int, bool, bool>();
            for (var look = 0; look <= 4; look++)
            {
                foreach (var refuses in new[] { false, true })
                {
                    all.Add(look, refuses, true);
                    all.Add(look, refuses, false);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Interleavings))]
    public async Task Verdict_ThatSettlesBeforeAnyLook_IsTakenOnceAndItsPlaceGivenBack(int look, bool refuses, bool onArrival)
    {
        var guard = new SettlingGuard(look, refuses, onArrival);
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
