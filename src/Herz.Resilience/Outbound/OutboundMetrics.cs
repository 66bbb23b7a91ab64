using System.Diagnostics.Metrics;
using Herz.Resilience.Pipeline;

namespace Herz.Resilience.Outbound;

internal sealed class OutboundMetrics(HerzMeter meter)
{
    private readonly Counter<long> _outlived = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.outlived", "{call}", "Outgoing calls that ended after the deadline or the end of their request."));

    private readonly Counter<long> _cancelled = meter.Create(static meter => meter.CreateCounter<long>(
        "herz.outbound.cancelled", "{call}", "Outgoing calls without the request's token that the deadline of their request cancelled."));

    public void Outlived(string client) => _outlived.Add(1, new KeyValuePair<string, object?>("client", client));

    public void Cancelled(string client) => _cancelled.Add(1, new KeyValuePair<string, object?>("client", client));
}
