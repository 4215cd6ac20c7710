using System.Text;

namespace HealthIngestion.Formatting;

/// <summary>Values as a line of blocks of eight heights.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";

    /// <summary>Draws values from the left to the right.</summary>
    /// <param name="values">One for each place; NaN leaves a blank.</param>
    /// <param name="maxWidth">The most cells; where there are more values, a cell has the mean of several.</param>
    public static string Draw(IReadOnlyList<double> values, int maxWidth)
    {
        int width = Math.Min(values.Count, maxWidth);
        double[] means = new double[width];
        for (int i = 0; i < width; i++)
        {
            means[i] = Mean(values, (int)((long)i * values.Count / width), (int)((i + 1L) * values.Count / width));
        }

        double least = double.PositiveInfinity, most = double.NegativeInfinity;
        foreach (double mean in means)
        {
            least = mean < least ? mean : least;
            most = mean > most ? mean : most;
        }

        StringBuilder line = new(width);
        foreach (double mean in means)
        {
            line.Append(double.IsNaN(mean) ? ' '
                : most <= least ? Heights[Heights.Length / 2]
                : Heights[(int)Math.Clamp((mean - least) / (most - least) * Heights.Length, 0, Heights.Length - 1)]);
        }

        return line.ToString();
    }

    /// <summary>The mean of a half-open range of values, without those that are NaN; NaN if all are.</summary>
    public static double Mean(IReadOnlyList<double> values, int from, int before)
    {
        double sum = 0;
        int count = 0;
        for (int i = from; i < before; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                sum += values[i];
                count++;
            }
        }

        return count == 0 ? double.NaN : sum / count;
    }
}
