namespace Herz.Resilience.RateLimiting.Policies;

/// <summary>Which policies of a plan are asked at which moment, given the endpoints that the app has. Immutable.</summary>
internal sealed class LimitSelection
{
    /// <param name="plan">The policies.</param>
    /// <param name="survey">What the app's endpoints name.</param>
    public LimitSelection(LimitPlan plan, EndpointSurvey.Answer survey)
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

    public EndpointSurvey.Answer Survey { get; }

    /// <summary>Those that apply to every request: without routes, and named by no endpoint.</summary>
    public LimitPolicy[] General { get; }

    /// <summary>Those of them that can be asked before routing and whose bucket depends on the address of the client.</summary>
    public LimitPolicy[] OnArrivalByClient { get; }

    /// <summary>Those of them that can be asked before routing and whose bucket does not.</summary>
    public LimitPolicy[] OnArrivalByOthers { get; }

    /// <summary>Those of them that need the endpoint or the user.</summary>
    public LimitPolicy[] Late { get; }

    public bool HasOnArrival => OnArrivalByClient.Length + OnArrivalByOthers.Length > 0;
}
