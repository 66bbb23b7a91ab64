using Herz.Resilience.Configuration;

namespace Herz.Resilience.BackgroundWork;

internal static class BackgroundWorkOptionsValidator
{
    public static void Validate(BackgroundWorkOptions options, ConfigurationErrors errors)
    {
        errors.InRange("BackgroundWork:MaxConcurrency", options.MaxConcurrency, 1, 10_000);
        errors.InRange("BackgroundWork:QueueLimit", options.QueueLimit, 0, 1_000_000);
        errors.Positive("BackgroundWork:Deadline", options.Deadline);
        errors.Positive("BackgroundWork:GracePeriod", options.GracePeriod);
        errors.Positive("BackgroundWork:DrainTimeout", options.DrainTimeout);
    }
}
