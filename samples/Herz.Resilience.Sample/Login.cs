namespace Herz.Resilience.Sample;

internal static class Login
{
    public static void MapLogin(this WebApplication app) =>
        app.MapPost("/login", (Credentials credentials) =>
            credentials is { User: "ada", Password: "lovelace" }
                ? Results.Ok(new { token = "sample-token" })
                : Results.Unauthorized());

    private sealed record Credentials(string User, string Password);
}
