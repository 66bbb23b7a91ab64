using System.Net.Http.Headers;
using Herz.Resilience.Benchmarks.Harmless.Clients;

namespace Herz.Resilience.Benchmarks.Harmless.Apps;

/// <summary>Clients that send slowly; this time is not the time of the endpoint.</summary>
internal static class Uploads
{
    private const int Megabyte = 1024 * 1024;

    public static readonly HealthyApp[] All =
    [
        new("upload-slow-json", "20/s of orders; two clients send their 8-byte body after 900 ms", Map, static visitor => Task.WhenAll(
            visitor.PaceAsync(20, 10, index => visitor.PostAsync("/orders", Json(index), new(Body: $"order {index}"))),
            visitor.LoopAsync(2, 10, (_, _) => SlowOrderAsync(visitor, visitor.Client)))) { Field = "A2" },

        new("upload-slow-json-h2", "the same on HTTP/2, ten slow clients on one connection", Map, static async visitor =>
        {
            var client = visitor.NewClient(http2: true);
            await Task.WhenAll(
                visitor.PaceAsync(20, 8, index => visitor.PostAsync("/orders", Json(index), new(Body: $"order {index}"), client)),
                visitor.LoopAsync(10, 8, (_, _) => SlowOrderAsync(visitor, client)));
        }) { Field = "A2" },

        new("upload-form", "forms of 300 kB that take 1.5 s, alongside 10/s of small forms", Map, static visitor => Task.WhenAll(
            visitor.LoopAsync(6, 8, (_, _) => FormAsync(visitor, 300_000, TimeSpan.FromMilliseconds(150))),
            visitor.PaceAsync(10, 8, _ => FormAsync(visitor, 2_000, TimeSpan.FromMilliseconds(1))))) { Field = "A2" },

        new("upload-stream", "2 MB copied to a stream during the upload, 1.6 s each", Map, static visitor =>
            visitor.LoopAsync(4, 8, (_, _) => CopyAsync(visitor, 2 * Megabyte, TimeSpan.FromMilliseconds(160)))) { Field = "A21" },

        new("upload-package", "packages of 20 MB at 10 MB/s", Map, static visitor =>
            visitor.LoopAsync(2, 8, (_, _) => CopyAsync(visitor, 20 * Megabyte, TimeSpan.FromMilliseconds(200)))) { Field = "A21" },

        new("upload-expect-continue", "5/s of uploads of 1.2 s with Expect: 100-continue", Map, static visitor =>
            visitor.PaceAsync(5, 8, _ => visitor.SendAsync(
                new HttpRequestMessage(HttpMethod.Post, "/copies") { Headers = { ExpectContinue = true }, Content = new TricklingContent(new byte[10_000], 4, TimeSpan.FromMilliseconds(300)) },
                new(Body: "copy of 10000")))) { Field = "A21" },

        new("upload-mobile", "40 phones whose request bodies stall randomly for 0.2 to 1.5 s", Map, static visitor => visitor.LoopAsync(40, 8, (client, request) =>
        {
            var stall = SeededRandom.Between(client, request, 50, 380);
            return CopyAsync(visitor, 4_000, TimeSpan.FromMilliseconds(stall), pieces: 4);
        })) { Field = "A2" },
    ];

    public static void Map(WebApplication app)
    {
        app.MapPost("/orders", static async (Order order, CancellationToken cancellation) =>
        {
            await Task.Delay(2, cancellation);
            return $"order {order.Id}";
        });
        app.MapPost("/forms", static async (HttpRequest request, CancellationToken cancellation) =>
        {
            var form = await request.ReadFormAsync(cancellation);
            return $"form of {form.Files[0].Length}";
        });
        app.MapPost("/copies", static async (HttpRequest request, CancellationToken cancellation) =>
        {
            var copy = new CountingStream();
            await request.Body.CopyToAsync(copy, cancellation);
            return $"copy of {copy.Count}";
        });
    }

    public static Task CopyAsync(Visitor visitor, int length, TimeSpan pause, int pieces = 10, HttpClient? client = null) =>
        visitor.PostAsync("/copies", new TricklingContent(new byte[length], pieces, pause), new(Body: $"copy of {length}"), client);

    private static Task SlowOrderAsync(Visitor visitor, HttpClient client) => visitor.PostAsync(
        "/orders", new TricklingContent("{\"id\":7}"u8.ToArray(), 1, TimeSpan.FromMilliseconds(900), "application/json"), new(Body: "order 7"), client);

    private static async Task FormAsync(Visitor visitor, int length, TimeSpan pause)
    {
        var form = new MultipartFormDataContent();
        var file = new ByteArrayContent(new byte[length]);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");
        form.Add(file, "file", "photo.jpg");
        await visitor.PostAsync("/forms", await TricklingContent.OfAsync(form, 10, pause), new(Body: $"form of {length}"));
    }

    private static JsonContent Json(int id) => JsonContent.Create(new Order(id));

    private sealed record Order(int Id);
}
