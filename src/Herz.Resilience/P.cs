namespace Herz.Resilience; internal static class Placeholder;
