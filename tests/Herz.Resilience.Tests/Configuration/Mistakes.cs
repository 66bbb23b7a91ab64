namespace Herz.Resilience.Tests.Configuration;

/// <summary>Sections with typical mistakes, each with the expected error text: the full key, the value, the expected value.</summary>
internal static class Mistakes
{
    private const string Time = "expected a time as [d.]hh:mm:ss[.fff]";
    private const string PositiveTime = "expected a time above 00:00:00 and at most 1.00:00:00";

    public static TheoryData<string, string> All => new()
    {
        // The structure of the section.
        { "\"on\"", "Herz is \"on\"; expected an object with the keys Mode, RateLimiting" },
        { """{ "RateLimit": {} }""", "Herz:RateLimit is not a known key; expected one of Mode, RateLimiting" },
        { """{ "Deadlines": { "Tier": {} } }""", "Herz:Deadlines:Tier is not a known key; expected one of Tiers, Routes, Mode" },
        { """{ "Deadlines": { "Tiers": { "Db": "soon" } } }""", $"Herz:Deadlines:Tiers:Db is \"soon\"; {Time}" },
        { """{ "Deadlines": { "Tiers": { "D b": "00:00:00.1" } } }""", "Herz:Deadlines:Tiers:D b is 00:00:00.1000000; expected a tier name of 1 to 64 letters" },
        { """{ "Deadlines": { "Tiers": { "Search": "00:00:02" } } }""", "Herz:Deadlines:Tiers:Search is 00:00:02; expected a time not longer than that of the enclosing tier Api, 00:00:00.8000000" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": "/x", "Tiers": { "Search": "00:00:00.1" } } ] } }""", "Herz:Deadlines:Routes:0:Tiers:Search is 00:00:00.1000000; expected a tier that Deadlines:Tiers also defines" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": "/x", "Tiers": { "Api": "00:00:00.1" } } ] } }""", "Herz:Deadlines:Routes:0:Tiers:Api is 00:00:00.1000000; expected Deadlines:Routes:0:Api instead" },
        { """{ "Deadlines": { "Routes": [ { "Path": "/x", "Pattern": "/x", "Api": "00:00:01" } ] } }""", "Herz:Deadlines:Routes:0:Path is not a known key; expected one of Pattern, Api" },
        { """{ "Deadlines": "off" }""", "Herz:Deadlines is \"off\"; expected an object with the keys Tiers, Routes, Mode" },
        { """{ "Deadlines": [ "a" ] }""", "Herz:Deadlines:0 is not a known key; expected one of Tiers, Routes, Mode" },
        { """{ "Deadlines": { "Tiers": { "Api": { "Value": "00:00:01" } } } }""", "Herz:Deadlines:Tiers:Api is an object or a list; expected a time" },
        { """{ "Deadlines": { "Tiers": { "Api": [ "00:00:01" ] } } }""", "Herz:Deadlines:Tiers:Api is an object or a list; expected a time" },
        { """{ "Deadlines": { "Routes": "/x" } }""", "Herz:Deadlines:Routes is \"/x\"; expected a list: [ … ]" },
        { """{ "Deadlines": { "Routes": { "first": { "Pattern": "/x" } } } }""", "Herz:Deadlines:Routes:first is not an entry of the list; expected Herz:Deadlines:Routes:0, or a list" },
        { """{ "Deadlines": { "Routes": { "1": { "Pattern": "/x" } } } }""", "Herz:Deadlines:Routes:1 is not an entry of the list; expected Herz:Deadlines:Routes:0, or a list" },
        { """{ "Deadlines": { "Routes": [ "/x" ] } }""", "Herz:Deadlines:Routes:0 is \"/x\"; expected an object with the keys Pattern, Api" },
        { """{ "RateLimiting": { "Policies": { "default": 100 } } }""", "Herz:RateLimiting:Policies:default is \"100\"; expected an object with the keys PermitsPerSecond" },

        // Modes.
        { """{ "Mode": "Enforced" }""", "Herz:Mode is \"Enforced\"; expected one of Enforce, Observe, Off" },
        { """{ "Mode": 1 }""", "Herz:Mode is \"1\"; expected one of Enforce, Observe, Off" },
        { """{ "Mode": "Enforce,Observe" }""", "Herz:Mode is \"Enforce,Observe\"; expected one of Enforce, Observe, Off" },
        { """{ "Mode": "" }""", "Herz:Mode is \"\"; expected one of Enforce, Observe, Off" },
        { """{ "Mode": null }""", "Herz:Mode is null; expected one of Enforce, Observe, Off" },
        { """{ "Deadlines": { "Mode": false } }""", "Herz:Deadlines:Mode is \"False\"; expected one of Enforce, Observe, Off, or null" },

        // Times.
        { Api("\"soon\""), $"Herz:Deadlines:Tiers:Api is \"soon\"; {Time}" },
        { Api("\"800ms\""), $"Herz:Deadlines:Tiers:Api is \"800ms\"; {Time}" },
        { Api("\"15\""), $"Herz:Deadlines:Tiers:Api is \"15\"; {Time}" },
        { Api("15"), $"Herz:Deadlines:Tiers:Api is \"15\"; {Time}" },
        { Api("0.8"), $"Herz:Deadlines:Tiers:Api is \"0.8\"; {Time}" },
        { Api("\"00:15\""), $"Herz:Deadlines:Tiers:Api is \"00:15\"; {Time}" },
        { Api("\"24:00:00\""), $"Herz:Deadlines:Tiers:Api is \"24:00:00\"; {Time}" },
        { Api("\"00:00:61\""), $"Herz:Deadlines:Tiers:Api is \"00:00:61\"; {Time}" },
        { Api("\"00:00:00,800\""), $"Herz:Deadlines:Tiers:Api is \"00:00:00,800\"; {Time}" },
        { Api("\"00:00:00\""), $"Herz:Deadlines:Tiers:Api is 00:00:00; {PositiveTime}" },
        { Api("\"-00:00:01\""), $"Herz:Deadlines:Tiers:Api is -00:00:01; {PositiveTime}" },
        { Api("\"2.00:00:00\""), $"Herz:Deadlines:Tiers:Api is 2.00:00:00; {PositiveTime}" },
        { """{ "BackgroundWork": { "Deadline": "00:00:00" } }""", $"Herz:BackgroundWork:Deadline is 00:00:00; {PositiveTime}" },
        { """{ "LeakWatchdog": { "Interval": "-00:00:15" } }""", $"Herz:LeakWatchdog:Interval is -00:00:15; expected a time from 00:00:01 to 01:00:00" },
        { """{ "CircuitBreaking": { "BreakDuration": "5 s" } }""", $"Herz:CircuitBreaking:BreakDuration is \"5 s\"; {Time}" },

        // Other options of a policy.
        { Policy("QueueLimit", "-1"), "Herz:RateLimiting:Policies:login:QueueLimit is -1; expected" },
        { Policy("QueueLimit", "20000"), "Herz:RateLimiting:Policies:login:QueueLimit is 20000; expected" },
        { """{ "RateLimiting": { "RetryAfterJitter": "-00:00:01" } }""", "Herz:RateLimiting:RetryAfterJitter is -00:00:01; expected a time from 00:00:00 to 01:00:00" },
        { Policy("Overrides", """[ { "Burst": 5 } ]"""), "Herz:RateLimiting:Policies:login:Overrides:0:Key is null; expected the key of a partition" },
        { Policy("Overrides", """[ { "Key": "office", "Burst": 5 } ]"""), "Herz:RateLimiting:Policies:login:Overrides:0:Key is \"office\"; expected an address or a network" },
        { Policy("Overrides", """[ { "Key": "10.0.0.0/8" } ]"""), "Herz:RateLimiting:Policies:login:Overrides:0 is \"10.0.0.0/8\"; expected either Exempt true, or PermitsPerSecond" },
        { Policy("Overrides", """[ { "Key": "10.0.0.0/8", "Exempt": true, "Burst": 5 } ]"""), "Herz:RateLimiting:Policies:login:Overrides:0 is \"10.0.0.0/8\"; expected either Exempt true" },
        { Policy("Overrides", """[ { "Key": "10.0.0.0/8", "Burst": 5 }, { "Key": "10.0.0.0/8", "Burst": 6 } ]"""), "Herz:RateLimiting:Policies:login:Overrides:1:Key is \"10.0.0.0/8\"; expected a key that no earlier entry names" },
        { Policy("Overrides", """[ { "Key": "::1", "Burst": 0 } ]"""), "Herz:RateLimiting:Policies:login:Overrides:0:Burst is 0; expected" },
        { Policy("Overrides", """[ { "Key": "::1", "PermitsPerSecond": -2 } ]"""), "Herz:RateLimiting:Policies:login:Overrides:0:PermitsPerSecond is -2; expected a number above 0" },
        { """{ "RateLimiting": { "Policies": { "a": { "PartitionBy": "Global", "Overrides": [ { "Key": "x", "Burst": 1 } ] } } } }""", "Herz:RateLimiting:Policies:a:Overrides is 1; expected none, since a policy with PartitionBy Global has no keys" },
        { """{ "RateLimiting": { "Policies": { "a": { "PartitionBy": "ApiKey", "Overrides": [ { "Key": "sha256:12", "Burst": 1 } ] } } } }""", "Herz:RateLimiting:Policies:a:Overrides:0:Key is \"sha256:12\"; expected \"sha256:\" and 64 hexadecimal digits" },

        // Load shedding.
        { """{ "LoadShedding": { "MaxQueueTime": "00:00:00" } }""", "Herz:LoadShedding:MaxQueueTime is 00:00:00; expected a time from 00:00:00.001 to 00:00:10" },
        { """{ "LoadShedding": { "MaxQueueTime": "00:01:00" } }""", "Herz:LoadShedding:MaxQueueTime is 00:01:00; expected a time from 00:00:00.001 to 00:00:10" },
        { """{ "LoadShedding": { "MaxWaiting": 0 } }""", "Herz:LoadShedding:MaxWaiting is 0; expected" },
        { """{ "LoadShedding": { "MaxWaiting": "many" } }""", "Herz:LoadShedding:MaxWaiting is \"many\"; expected" },
        { """{ "LoadShedding": { "PriorityHeader": "" } }""", "Herz:LoadShedding:PriorityHeader is \"\"; expected the name of a header" },
        { """{ "LoadShedding": { "PriorityHeader": "X Priority" } }""", "Herz:LoadShedding:PriorityHeader is \"X Priority\"; expected the name of a header" },
        { """{ "LoadShedding": { "Routes": [ { "Priority": "Critical" } ] } }""", "Herz:LoadShedding:Routes:0:Pattern is null; expected the route's pattern as the app maps it" },
        { """{ "LoadShedding": { "Routes": [ { "Pattern": "/x", "Priority": "Urgent" } ] } }""", "Herz:LoadShedding:Routes:0:Priority is \"Urgent\"; expected one of Sheddable, Default, Critical" },
        { """{ "LoadShedding": { "Routes": [ { "Pattern": "/x" }, { "Pattern": "x/" } ] } }""", "Herz:LoadShedding:Routes:1:Pattern is \"x/\"; expected a route that no earlier entry names" },

        { """{ "LoadShedding": { "Routes": [ { "Pattern": "/{x" } ] } }""", "Herz:LoadShedding:Routes:0:Pattern is \"/{x\"; expected a valid route pattern (There is an incomplete parameter" },

        // Tiers and routes.
        { """{ "Deadlines": { "Tiers": { "Database": "00:00:01" } } }""", "Herz:Deadlines:Tiers:Database is 00:00:01; expected a time not longer than that of the enclosing tier Api, 00:00:00.8000000" },
        { """{ "Deadlines": { "Tiers": { "Cache": "00:00:00.400" } } }""", "Herz:Deadlines:Tiers:Cache is 00:00:00.4000000; expected a time not longer than that of the tier Database, 00:00:00.3000000" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": "/x", "Api": "00:00:01", "Database": "00:00:02" } ] } }""", "Herz:Deadlines:Routes:0:Database is 00:00:02; expected a time not longer than" },
        { """{ "Deadlines": { "Routes": [ { "Api": "00:00:01" } ] } }""", "Herz:Deadlines:Routes:0:Pattern is null; expected the route's pattern as the app maps it" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": " ", "Api": "00:00:01" } ] } }""", "Herz:Deadlines:Routes:0:Pattern is \" \"; expected the route's pattern" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": "/{x", "Api": "00:00:01" } ] } }""", "Herz:Deadlines:Routes:0:Pattern is \"/{x\"; expected a valid route pattern (There is an incomplete parameter" },
        { """{ "Outbound": { "CancelForgotten": "yes" } }""", "Herz:Outbound:CancelForgotten is \"yes\"; expected true or false" },
        { """{ "Outbound": { "Clients": { "stock": { "Cancel": true } } } }""", "Herz:Outbound:Clients:stock:Cancel is not a known key; expected one of CancelForgotten" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": "/x" } ] } }""", "Herz:Deadlines:Routes:0 is \"/x\"; expected at least one of Api, Database, Cache and Tiers" },
        { """{ "Deadlines": { "Routes": [ {} ] } }""", "Herz:Deadlines:Routes:0:Pattern is null" },
        { """{ "Deadlines": { "Routes": [ null ] } }""", "Herz:Deadlines:Routes:0:Pattern is null" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": "/x", "Api": "00:00:01" }, { "Pattern": "X/", "Api": "00:00:02" } ] } }""", "Herz:Deadlines:Routes:1:Pattern is \"X/\"; expected a route that no earlier entry names" },
        { """{ "Deadlines": { "Routes": [ { "Pattern": "/x", "Api": "00:00:00" } ] } }""", "Herz:Deadlines:Routes:0:Api is 00:00:00; expected a time above" },

        // Numbers.
        { Policy("PermitsPerSecond", "0"), "Herz:RateLimiting:Policies:login:PermitsPerSecond is 0; expected a number above 0" },
        { Policy("PermitsPerSecond", "-1"), "Herz:RateLimiting:Policies:login:PermitsPerSecond is -1; expected a number above 0" },
        { Policy("PermitsPerSecond", "\"NaN\""), "Herz:RateLimiting:Policies:login:PermitsPerSecond is NaN; expected a number above 0" },
        { Policy("PermitsPerSecond", "\"Infinity\""), "Herz:RateLimiting:Policies:login:PermitsPerSecond is Infinity; expected a number above 0" },
        { Policy("PermitsPerSecond", "1e400"), "Herz:RateLimiting:Policies:login:PermitsPerSecond is Infinity; expected a number above 0" },
        { Policy("PermitsPerSecond", "\"ten\""), "Herz:RateLimiting:Policies:login:PermitsPerSecond is \"ten\"; expected a number" },
        { Policy("PermitsPerSecond", "\"1,5\""), "Herz:RateLimiting:Policies:login:PermitsPerSecond is \"1,5\"; expected a number" },
        { Policy("Burst", "0"), "Herz:RateLimiting:Policies:login:Burst is 0; expected a whole number from 1 to 1000000" },
        { Policy("Burst", "0.5"), "Herz:RateLimiting:Policies:login:Burst is \"0.5\"; expected a whole number" },
        { Policy("Burst", "99999999999"), "Herz:RateLimiting:Policies:login:Burst is \"99999999999\"; expected a whole number" },
        { Policy("Burst", "true"), "Herz:RateLimiting:Policies:login:Burst is \"True\"; expected a whole number" },
        { Policy("PartitionBy", "\"Ip\""), "Herz:RateLimiting:Policies:login:PartitionBy is \"Ip\"; expected one of Client" },
        { Policy("PartitionBy", "0"), "Herz:RateLimiting:Policies:login:PartitionBy is \"0\"; expected one of Client" },
        { Policy("Header", "\"X Api\""), "Herz:RateLimiting:Policies:login:Header is \"X Api\"; expected the name of a request header" },
        { Policy("Header", "\"\""), "Herz:RateLimiting:Policies:login:Header is \"\"; expected the name of a request header" },
        { Policy("Routes", "[ \"\" ]"), "Herz:RateLimiting:Policies:login:Routes:0 is \"\"; expected the route's pattern" },
        { Policy("Routes", "[ null ]"), "Herz:RateLimiting:Policies:login:Routes:0 is null; expected the route's pattern" },
        { Policy("Routes", "[ \"/a\", \"/A/\" ]"), "Herz:RateLimiting:Policies:login:Routes:1 is \"/A/\"; expected a route that no earlier entry names" },
        { Policy("Routes", "[ \"/a//b\" ]"), "Herz:RateLimiting:Policies:login:Routes:0 is \"/a//b\"; expected a valid route pattern (The route template separator character" },
        { Policy("Rate", "1"), "Herz:RateLimiting:Policies:login:Rate is not a known key; expected one of PermitsPerSecond" },
        { """{ "RateLimiting": { "Policies": { "my login": { "Burst": 1 } } } }""", "Herz:RateLimiting:Policies:my login is \"my login\"; expected a name of 1 to 64 letters" },
        { """{ "RateLimiting": { "MaxPartitions": 0 } }""", "Herz:RateLimiting:MaxPartitions is 0; expected a whole number from 1" },
        { """{ "RateLimiting": { "SendFieldsOnSuccess": "yes" } }""", "Herz:RateLimiting:SendFieldsOnSuccess is \"yes\"; expected true or false" },
        { """{ "BackgroundWork": { "MaxConcurrency": 0 } }""", "Herz:BackgroundWork:MaxConcurrency is 0; expected a whole number from 1 to 10000" },
        { """{ "BackgroundWork": { "QueueLimit": -1 } }""", "Herz:BackgroundWork:QueueLimit is -1; expected a whole number from 0" },
        { """{ "Metrics": { "MaxSeriesPerInstrument": "many" } }""", "Herz:Metrics:MaxSeriesPerInstrument is \"many\"; expected a whole number" },

        { """{ "CircuitBreaking": { "SlowCallRatio": 2 } }""", "Herz:CircuitBreaking:SlowCallRatio is 2; expected a ratio above 0 and at most 1" },
        { """{ "CircuitBreaking": { "SlowCallDuration": "00:00:00" } }""", "Herz:CircuitBreaking:SlowCallDuration is 00:00:00; expected a time above 00:00:00" },
        { """{ "CircuitBreaking": { "MaxBreakDuration": "00:00:00.1" } }""", "Herz:CircuitBreaking:MaxBreakDuration is 00:00:00.1" },
        { """{ "CircuitBreaking": { "BreakDuration": "00:00:09", "MaxBreakDuration": "00:00:05" } }""", "Herz:CircuitBreaking:MaxBreakDuration is 00:00:05; expected at least BreakDuration, which is 00:00:09" },
        { """{ "CircuitBreaking": { "Routes": [ { "Pattern": "/x", "SlowCallRatio": 0 } ] } }""", "Herz:CircuitBreaking:Routes:0:SlowCallRatio is 0; expected a ratio" },
        { """{ "CircuitBreaking": { "FailureRatio": 5 } }""", "Herz:CircuitBreaking:FailureRatio is 5; expected a ratio above 0 and at most 1" },
        { """{ "CircuitBreaking": { "FailureRatio": 0 } }""", "Herz:CircuitBreaking:FailureRatio is 0; expected a ratio above 0 and at most 1" },
        { """{ "CircuitBreaking": { "FailureRatio": "NaN" } }""", "Herz:CircuitBreaking:FailureRatio is NaN; expected a ratio above 0 and at most 1" },
        { """{ "CircuitBreaking": { "FailureRatio": "5%" } }""", "Herz:CircuitBreaking:FailureRatio is \"5%\"; expected a number" },
        { """{ "CircuitBreaking": { "MinimumThroughput": 1 } }""", "Herz:CircuitBreaking:MinimumThroughput is 1; expected a whole number from 2" },
        { """{ "CircuitBreaking": { "SamplingDuration": "00:00:00.100" } }""", "Herz:CircuitBreaking:SamplingDuration is 00:00:00.1000000; expected a time from 00:00:00.500" },
        { """{ "CircuitBreaking": { "Routes": [ { "Pattern": "/x", "FailureRatio": 5 } ] } }""", "Herz:CircuitBreaking:Routes:0:FailureRatio is 5; expected a ratio" },
        { """{ "CircuitBreaking": { "Routes": [ { "FailureRatio": 0.5 } ] } }""", "Herz:CircuitBreaking:Routes:0:Pattern is null; expected the route's pattern" },
        { """{ "CircuitBreaking": { "Routes": [ { "Pattern": "/{id}/{id}" } ] } }""", "Herz:CircuitBreaking:Routes:0:Pattern is \"/{id}/{id}\"; expected a valid route pattern (The route parameter name" },
        { """{ "CircuitBreaking": { "Routes": [ { "Pattern": "/x" }, { "Pattern": "x" } ] } }""", "Herz:CircuitBreaking:Routes:1:Pattern is \"x\"; expected a route that no earlier entry names" },
        { """{ "CircuitBreaking": { "FailureRatio": 5, "Routes": [ { "Pattern": "/x", "BreakDuration": "00:00:09" } ] } }""", "Herz:CircuitBreaking:FailureRatio is 5; expected a ratio" },
        { """{ "LeakWatchdog": { "Window": "00:00:01" } }""", "Herz:LeakWatchdog:Window is 00:00:01; expected a time from 00:00:04 to 01:00:00" },
        { """{ "LeakWatchdog": { "Window": "02:00:00" } }""", "Herz:LeakWatchdog:Window is 02:00:00; expected a time from 00:00:04 to 01:00:00" },
        { """{ "LeakWatchdog": { "Capture": "Always" } }""", "Herz:LeakWatchdog:Capture is \"Always\"; expected one of Auto, OnDemand, Off" },
        { """{ "LeakWatchdog": { "History": 1 } }""", "Herz:LeakWatchdog:History is 1; expected a whole number from 40" },
        { """{ "Health": { "Timeout": "00:00:00" } }""", "Herz:Health:Timeout is 00:00:00; expected a time above" },
        { """{ "Health": { "CacheDuration": "-00:00:01" } }""", "Herz:Health:CacheDuration is -00:00:01; expected a time" },
        { """{ "Health": { "DrainDelay": "02:00:00" } }""", "Herz:Health:DrainDelay is 02:00:00; expected a time" },

        // Paths and ports.
        { """{ "Health": { "Path": "" } }""", "Herz:Health:Path is \"\"; expected a path such as" },
        { """{ "Health": { "Path": null } }""", "Herz:Health:Path is null; expected a path such as" },
        { """{ "Health": { "Path": "healthz" } }""", "Herz:Health:Path is \"healthz\"; expected a path such as" },
        { """{ "Health": { "Path": "/" } }""", "Herz:Health:Path is \"/\"; expected a path such as" },
        { """{ "Metrics": { "Path": "/metrics?x=1" } }""", "Herz:Metrics:Path is \"/metrics?x=1\"; expected a path such as" },
        { """{ "Health": { "Path": "/both" }, "Metrics": { "Path": "/Both" } }""", "Herz:Metrics:Path is \"/Both\"; expected a path that differs from Herz:Health:Path" },
        { """{ "Management": { "Port": 70000 } }""", "Herz:Management:Port is 70000; expected a whole number from 0 to 65535" },
        { """{ "Management": { "Port": -1 } }""", "Herz:Management:Port is -1; expected a whole number from 0 to 65535" },
        { """{ "Management": { "Port": "http" } }""", "Herz:Management:Port is \"http\"; expected a whole number, or null" },
        { """{ "Management": { "AuthorizationPolicy": " " } }""", "Herz:Management:AuthorizationPolicy is \" \"; expected the name of an authorization policy" },
    };

    private static string Api(string value) => $$"""{ "Deadlines": { "Tiers": { "Api": {{value}} } } }""";

    private static string Policy(string key, string value) => $$"""{ "RateLimiting": { "Policies": { "login": { "{{key}}": {{value}} } } } }""";
}
