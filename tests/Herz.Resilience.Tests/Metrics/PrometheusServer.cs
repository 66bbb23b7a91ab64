using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Herz.Resilience.Tests.Servers;

namespace Herz.Resilience.Tests.Metrics;

/// <summary>A real Prometheus on a free loopback port. It scrapes one target every second.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly HttpClient _client;

    private PrometheusServer(Process process, DirectoryInfo folder, int port)
    {
        _process = process;
        _folder = folder;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
    }

    public static async Task<PrometheusServer> StartAsync(string targetHostAndPort, CancellationToken cancellationToken)
    {
        var program = ServerProgram.Find("prometheus", "prometheus");
        var folder = Directory.CreateTempSubdirectory("herz-prometheus-");
        var configuration = Path.Combine(folder.FullName, "prometheus.yml");
        await File.WriteAllTextAsync(
            configuration,
            $"""
            global: {'{'} scrape_interval: 1s {'}'}
            scrape_configs:
              - job_name: herz
                static_configs: [ {'{'} targets: [ "{targetHostAndPort}" ] {'}'} ]
            """,
            cancellationToken);
        var port = FreePort();
        var process = new Process
        {
            StartInfo = new ProcessStartInfo(program)
            {
                RedirectStandardError = true,
                ArgumentList =
                {
                    $"--config.file={configuration}",
                    $"--storage.tsdb.path={Path.Combine(folder.FullName, "data")}",
                    $"--web.listen-address=127.0.0.1:{port}",
                },
            },
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                ready.TrySetException(new InvalidOperationException("prometheus ended before it was ready."));
            }
            else if (line.Data.Contains("Server is ready", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        };
        process.Start();
        process.BeginErrorReadLine();
        var server = new PrometheusServer(process, folder, port);
        try
        {
            await ready.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The value of an instant query for its only series; null if it has no result.</summary>
    public async Task<string?> QueryAsync(string query, CancellationToken cancellationToken)
    {
        var answer = await _client.GetFromJsonAsync<JsonElement>($"api/v1/query?query={Uri.EscapeDataString(query)}", cancellationToken);
        var result = answer.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? null : result[0].GetProperty("value")[1].GetString();
    }

    /// <summary>The type that Prometheus stores for a metric, from the scraped metadata.</summary>
    public async Task<string?> TypeOfAsync(string metric, CancellationToken cancellationToken)
    {
        var answer = await _client.GetFromJsonAsync<JsonElement>($"api/v1/metadata?metric={metric}", cancellationToken);
        return answer.GetProperty("data").TryGetProperty(metric, out var entries) ? entries[0].GetProperty("type").GetString() : null;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
