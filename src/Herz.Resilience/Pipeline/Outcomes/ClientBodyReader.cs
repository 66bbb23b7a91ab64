using System.IO.Pipelines;

namespace Herz.Resilience.Pipeline.Outcomes;

/// <summary>The pipe reader over the body of a request; its <see cref="ClientBody"/> measures it.</summary>
internal sealed class ClientBodyReader(ClientBody body, PipeReader inner) : PipeReader
{
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? read : body.WaitAsync(read, cancellationToken);
    }

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        var read = inner.ReadAtLeastAsync(minimumSize, cancellationToken);
        return read.IsCompletedSuccessfully ? read : body.WaitAsync(read, cancellationToken);
    }
}
