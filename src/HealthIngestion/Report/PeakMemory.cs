using System.Globalization;

namespace HealthIngestion.Report;

/// <summary>The most memory that the process has held at once, as the kernel counts it.</summary>
internal static class PeakMemory
{
    /// <summary>Bytes; VmHWM of Linux, elsewhere what the runtime knows.</summary>
    public static long Bytes()
    {
        if (OperatingSystem.IsLinux() && File.Exists("/proc/self/status"))
        {
            foreach (string line in File.ReadLines("/proc/self/status"))
            {
                // VmHWM:     12345 kB
                if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                {
                    return long.Parse(line.AsSpan(6).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) * 1024;
                }
            }
        }

        return Environment.WorkingSet;
    }
}
