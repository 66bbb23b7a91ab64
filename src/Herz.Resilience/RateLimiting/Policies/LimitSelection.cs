namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>Sorts the policies of a plan by the moment of their check, given the app's endpoints. Immutable.</summary>
internal sealed class LimitSelection
{
    /// <param name="plan">The policies in force.</param>
    /// <param name="survey">The facts about the app's endpoints.</param>
    public LimitSelection(LimitPlan plan, EndpointSurvey.Facts survey)
    {
        Plan = plan;
        Survey = survey;
        var general = plan.All.Where(policy => policy.Routes.Count == 0 && policy.Mode != EnforcementMode.Off && !survey.Named.Contains(policy.Name)).ToArray();
        General = general;
        OnArrivalByClient = [.. general.Where(static policy => policy.IsKnownOnArrival && policy.DependsOnAddress)];
        OnArrivalByOthers = [.. general.Where(static policy => policy.IsKnownOnArrival && !policy.DependsOnAddress)];
        Late = [.. general.Where(static policy => !policy.IsKnownOnArrival)];
    }

    public LimitPlan Plan { get; }

    public EndpointSurvey.Facts Survey { get; }

    /// <summary>The general policies, which apply to every request: they have no routes, and no endpoint names them.</summary>
    public LimitPolicy[] General { get; }

    /// <summary>The general policies that are checked before routing and whose bucket depends on the client's address.</summary>
    public LimitPolicy[] OnArrivalByClient { get; }

    /// <summary>The general policies that are checked before routing and whose bucket does not depend on it.</summary>
    public LimitPolicy[] OnArrivalByOthers { get; }

    /// <summary>The general policies that need the endpoint or the user.</summary>
    public LimitPolicy[] Late { get; }

    public bool HasOnArrival => OnArrivalByClient.Length + OnArrivalByOthers.Length > 0;
}
